//! GET /api/auth/list-sessions: lists the caller's sessions, by handles that revoke them.

use shared::app::{App, Init};
use shared::http::{self, Error, Json, Request, Result};
use shared::model::UserSession;

async fn list_sessions(app: &App, request: Request) -> Result<Json<Vec<UserSession>>> {
    let caller = request.signed_in(app).await?;
    let sessions = app.store.of(&caller).sessions().await?;
    Ok(Json(sessions.into_iter().map(UserSession::from).collect()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::default().two_connections(), list_sessions).await
}
