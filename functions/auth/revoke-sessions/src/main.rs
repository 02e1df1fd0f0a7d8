//! POST /api/auth/revoke-sessions: ends all of the caller's sessions.

use serde_json::json;
use shared::app::Caller;
use shared::http::{Exit, Request, Response, Result, serve_signed_in};

async fn revoke_sessions(caller: Caller, request: Request) -> Result<Response> {
    caller.store().end_sessions().await?;
    Response::json(200, &json!({ "status": true })).signed_out(caller.app, &request)
}

fn main() -> Exit {
    serve_signed_in(revoke_sessions)
}
