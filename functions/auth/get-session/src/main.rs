//! GET /api/auth/get-session: reads the session and its user, and renews the session once a day.

use serde::Serialize;
use serde_json::Value;
use shared::app::{App, Init, UserSession};
use shared::http::{Exit, Request, Response, Result, serve_with};
use shared::model::{Ring, User};
use shared::problem::Problem;

#[derive(Serialize)]
struct ResponseBody {
    session: UserSession,
    user: User,
}

/// Without a session the response is `null`, and our own cookie whose session has ended is cleared.
async fn get_session(app: &'static App, request: Request) -> Result<Response> {
    match session(app, &request).await {
        Err(Problem::Unauthorized(_) | Problem::HandleAsToken) => {
            Response::json(200, &Value::Null).signed_out(app, &request)
        }
        outcome => outcome,
    }
}

async fn session(app: &'static App, request: &Request) -> Result<Response> {
    let caller = request.caller(app).await?;
    let store = caller.store();
    // The signing key, which is read again every five minutes, is read at the same time.
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
    let body = ResponseBody { session: caller.show(session.clone()), user };
    let mut response = Response::json(200, &body);
    // The session is valid without a token for other services too. A client that needs one calls
    // `GET /api/auth/token`, which also tells why there is none.
    if let Ok(for_others) = for_others {
        response = response.exposed("set-auth-jwt", for_others.expose());
    }
    if renewed { response.session_renewed(&caller, request, &session) } else { Ok(response) }
}

fn main() -> Exit {
    serve_with(Init::default().signs(Ring::Token), get_session)
}
