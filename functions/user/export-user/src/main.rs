//! GET /api/user/export: shows everything that is stored of the caller, page by page.

use serde::Serialize;
use serde_json::value::RawValue;
use shared::app::{Caller, Init};
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::store::Order;

#[derive(Serialize)]
struct Export {
    items: Vec<Box<RawValue>>,
    next_cursor: Option<String>,
}

async fn export_user(caller: Caller, request: Request) -> Result<Json<Export>> {
    let wanted = request.query(&["cursor"])?.page(Order::Asc)?;
    let page = caller.store().export(wanted.cursor.as_deref()).await?;
    Ok(Json(Export { items: page.items, next_cursor: page.next_cursor }))
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), export_user)
}
