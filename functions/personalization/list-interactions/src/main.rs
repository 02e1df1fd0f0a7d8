//! GET /api/personalization/interactions: lists the caller's interactions, newest first.

use serde::Serialize;
use shared::app::{Caller, Init};
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::model::Interaction;
use shared::store::Order;

#[derive(Serialize)]
struct Interactions {
    interactions: Vec<Interaction>,
    next_cursor: Option<String>,
}

async fn list_interactions(caller: Caller, request: Request) -> Result<Json<Interactions>> {
    let query = request.query(&["content_type", "order", "limit", "cursor"])?;
    let (content_type, wanted) = (query.word("content_type")?, query.page(Order::Desc)?);
    let page = caller.store().interactions(content_type.as_ref(), &wanted).await?;
    Ok(Json(Interactions { interactions: page.items, next_cursor: page.next_cursor }))
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), list_interactions)
}
