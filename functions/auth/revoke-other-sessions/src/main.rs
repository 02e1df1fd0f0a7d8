//! POST /api/auth/revoke-other-sessions: ends all of the caller's sessions but this one.

use serde_json::{Value, json};
use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};

async fn revoke_other_sessions(caller: Caller, _: Request) -> Result<Json<Value>> {
    caller.store().end_other_sessions().await?;
    Ok(Json(json!({ "status": true })))
}

fn main() -> Exit {
    serve_signed_in(revoke_other_sessions)
}
