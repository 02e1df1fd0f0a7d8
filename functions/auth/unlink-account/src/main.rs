//! POST /api/auth/unlink-account: takes one of the ways in which the caller can sign in away, but not the last.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::{Caller, Init};
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    account_id: String,
}

async fn unlink_account(caller: Caller, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    caller.unlink(&body.account_id).await?;
    Ok(Json(json!({ "status": true })))
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), unlink_account)
}
