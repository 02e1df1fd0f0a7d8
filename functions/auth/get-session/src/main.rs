//! GET /api/auth/get-session: tells who is signed in, and renews the session once a day.

use serde::Serialize;
use serde_json::Value;
use shared::app::{App, Init};
use shared::auth::SessionToken;
use shared::http::{self, Error, Request, Response, Result};
use shared::model::{Ring, User, UserSession};
use shared::problem::Problem;

#[derive(Serialize)]
struct SignedIn {
    session: UserSession,
    user: User,
}

/// Without a session the answer is `null`; a cookie whose session has ended is cleared.
async fn get_session(app: &App, request: Request) -> Result<Response> {
    let nobody = Response::json(200, &Value::Null);
    let Some(token) = request.token(app)? else { return Ok(nobody) };
    match session(app, &request, &token).await {
        Err(Problem::Unauthorized(_)) => nobody.signed_out(app, &request),
        outcome => outcome,
    }
}

async fn session(app: &App, request: &Request, token: &SessionToken) -> Result<Response> {
    let caller = app.verify(token).await?;
    let store = app.store.of(&caller);
    // A signing key that is to be looked for anew, every five minutes, costs no time of its own.
    let (read, ()) = tokio::join!(store.session(), app.ready_to_mint_for_others());
    let (mut session, account, profile) = read?;
    let user = User::new(account, profile.as_ref());
    let mut renewed = false;
    if let Some(expires_at) = session.renewal(app.clock.now())
        && !request.has_query("disableRefresh", "true")
    {
        session = store.renew_session(session, expires_at).await?;
        renewed = true;
    }
    let for_others = app.mint_for_others(&user, &request.public_origin(app)?).await;
    let body = SignedIn { session: session.clone().into(), user };
    let mut answer = Response::json(200, &body);
    // The session is good without a token for other services, which `token` gives, or the reason.
    if let Ok(for_others) = for_others {
        answer = answer.exposed("set-auth-jwt", for_others.expose());
    }
    if renewed { answer.signed_in_still(app, request, token, &session) } else { Ok(answer) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::default().signs(Ring::Token), get_session).await
}
