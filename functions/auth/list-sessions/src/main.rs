//! GET /api/auth/list-sessions: lists the caller's sessions, by handles that revoke them.

use shared::app::{Caller, Init, UserSession};
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};

async fn list_sessions(caller: Caller, _: Request) -> Result<Json<Vec<UserSession>>> {
    let sessions = caller.store().sessions().await?;
    Ok(Json(sessions.into_iter().map(|session| caller.show(session)).collect()))
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), list_sessions)
}
