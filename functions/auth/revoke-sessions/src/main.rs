//! POST /api/auth/revoke-sessions: ends all of the caller's sessions.

use serde_json::json;
use shared::app::App;
use shared::http::{self, Error, Request, Response, Result};

async fn revoke_sessions(app: &App, request: Request) -> Result<Response> {
    let caller = request.signed_in(app).await?;
    app.store.of(&caller).end_sessions().await?;
    Response::json(200, &json!({ "status": true })).signed_out(app, &request)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(revoke_sessions).await
}
