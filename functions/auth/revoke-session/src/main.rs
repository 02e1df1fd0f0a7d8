//! POST /api/auth/revoke-session: ends one of the caller's sessions.

use serde::Deserialize;
use serde_json::json;
use shared::app::App;
use shared::http::{self, Error, Request, Response, Result};
use shared::id::SessionId;
use shared::problem::Problem;

#[derive(Deserialize)]
struct Body {
    token: String,
}

/// A handle that names no session of the caller's ends nothing, and succeeds all the same.
async fn revoke_session(app: &App, request: Request) -> Result<Response> {
    let caller = request.signed_in(app).await?;
    let body: Body = request.better_auth_json()?;
    let session = match SessionId::try_from(body.token.clone()) {
        Ok(session) => Some(session),
        // A client may also name a session by its token, if it has that.
        Err(_) => match app.verify(&body.token.into()).await {
            Ok(other) => Some(other.session_id().clone()),
            Err(Problem::Unauthorized(_)) => None,
            Err(problem) => return Err(problem),
        },
    };
    let store = app.store.of(&caller);
    match &session {
        Some(session) => store.end_session_of(session).await?,
        None => store.check_session().await?,
    }
    let answer = Response::json(200, &json!({ "status": true }));
    if session.as_ref() == Some(caller.session_id()) {
        return answer.signed_out(app, &request);
    }
    Ok(answer)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(revoke_session).await
}
