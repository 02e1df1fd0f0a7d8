//! GET /api/personalization/interactions: lists the caller's interactions, newest first.

use serde::Serialize;
use shared::app::{App, Init};
use shared::http::{self, Error, Json, Request, Result};
use shared::model::Interaction;
use shared::store::Order;

#[derive(Serialize)]
struct Interactions {
    interactions: Vec<Interaction>,
    next_cursor: Option<String>,
}

async fn list_interactions(app: &App, request: Request) -> Result<Json<Interactions>> {
    let caller = request.signed_in(app).await?;
    let query = request.query(&["content_type", "order", "limit", "cursor"])?;
    let (content_type, page) = (query.word("content_type")?, query.page(Order::Desc)?);
    let page = app.store.of(&caller).interactions(content_type.as_ref(), &page).await?;
    Ok(Json(Interactions { interactions: page.items, next_cursor: page.next_cursor }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::default().two_connections(), list_interactions).await
}
