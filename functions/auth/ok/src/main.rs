//! GET /api/auth/ok: tells that the service is up.

use serde_json::{Value, json};
use shared::app::{App, Init};
use shared::http::{self, Error, Json, Request, Result};

async fn ok(_: &App, _: Request) -> Result<Json<Value>> {
    Ok(Json(json!({ "ok": true })))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::without_table(), ok).await
}
