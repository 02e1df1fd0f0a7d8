//! POST /api/auth/revoke-other-sessions: ends all of the caller's sessions but this one.

use serde_json::{Value, json};
use shared::app::App;
use shared::http::{self, Error, Json, Request, Result};

async fn revoke_other_sessions(app: &App, request: Request) -> Result<Json<Value>> {
    let caller = request.signed_in(app).await?;
    app.store.of(&caller).end_other_sessions().await?;
    Ok(Json(json!({ "status": true })))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(revoke_other_sessions).await
}
