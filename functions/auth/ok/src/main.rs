//! GET /api/auth/ok: says that the service is up.

use serde_json::{Value, json};
use shared::app::{App, Init};
use shared::http::{Exit, Json, Request, Result, serve_with};

async fn ok(_: &'static App, _: Request) -> Result<Json<Value>> {
    Ok(Json(json!({ "ok": true })))
}

fn main() -> Exit {
    serve_with(Init::without_table(), ok)
}
