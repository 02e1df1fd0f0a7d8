//! POST /api/auth/change-password: replaces the caller's password and ends every other session.

use serde::{Deserialize, Serialize};
use shared::app::{Caller, Init, PasswordChange, PasswordChanged};
use shared::auth::SessionToken;
use shared::http::{Exit, Request, Response, Result, serve_signed_in_with};
use shared::model::{Ring, User};
use shared::problem::BetterAuthError;
use shared::text::Password;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    current_password: String,
    new_password: String,
    revoke_other_sessions: Option<bool>,
}

#[derive(Serialize)]
struct ResponseBody {
    token: Option<SessionToken>,
    user: User,
}

async fn change_password(caller: Caller, request: Request) -> Result<Response> {
    let body: Body = request.better_auth_json()?;
    let change = PasswordChange {
        current: Password::attempt(&body.current_password),
        new: Password::try_from(body.new_password).map_err(BetterAuthError::from)?,
        // The other sessions always end. A client that asks for it also gets a new token.
        new_session: body.revoke_other_sessions.unwrap_or(false),
        client: request.client(),
    };
    match caller.app.change_password(&caller.signed_in, change).await? {
        PasswordChanged::SessionKept(account, profile) => {
            let user = User::new(account, profile.as_ref());
            Ok(Response::json(200, &ResponseBody { token: None, user }))
        }
        PasswordChanged::SessionReplaced(new) => {
            let body = ResponseBody { token: Some(new.token.clone()), user: new.user() };
            Response::json(200, &body).signed_in(caller.app, &request, &new)
        }
    }
}

fn main() -> Exit {
    let init = Init::default().two_connections().signs(Ring::Session);
    serve_signed_in_with(init, change_password)
}
