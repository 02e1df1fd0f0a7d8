//! POST /api/auth/revoke-session: ends one of the caller's sessions.

use serde::Deserialize;
use serde_json::json;
use shared::app::Caller;
use shared::http::{Exit, Request, Response, Result, serve_signed_in};
use shared::id::SessionId;
use shared::problem::Problem;

#[derive(Deserialize)]
struct Body {
    token: String,
}

/// A token that belongs to no session of the caller ends nothing, and the response is the same.
async fn revoke_session(caller: Caller, request: Request) -> Result<Response> {
    let body: Body = request.better_auth_json()?;
    let session = match SessionId::try_from(body.token.clone()) {
        Ok(session) => Some(session),
        // A client that has the session token itself may send that instead.
        Err(_) => match caller.app.verify(&body.token.into()).await {
            Ok(other) => Some(other.session_id().clone()),
            Err(Problem::Unauthorized(_)) => None,
            Err(problem) => return Err(problem),
        },
    };
    let store = caller.store();
    match &session {
        Some(session) => store.end_session_of(session).await?,
        None => store.check_session().await?,
    }
    let response = Response::json(200, &json!({ "status": true }));
    if session.as_ref() == Some(caller.signed_in.session_id()) {
        return response.signed_out(caller.app, &request);
    }
    Ok(response)
}

fn main() -> Exit {
    serve_signed_in(revoke_session)
}
