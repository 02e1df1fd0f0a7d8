//! POST /api/auth/change-password: replaces the caller's password and ends every other session.

use serde::{Deserialize, Serialize};
use shared::app::{App, Init, PasswordChange, PasswordChanged};
use shared::auth::SessionToken;
use shared::http::{self, Error, Request, Response, Result};
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
struct Changed {
    token: Option<SessionToken>,
    user: User,
}

async fn change_password(app: &App, request: Request) -> Result<Response> {
    let caller = request.signed_in(app).await?;
    let body: Body = request.better_auth_json()?;
    let change = PasswordChange {
        current: Password::attempt(&body.current_password),
        new: Password::try_from(body.new_password).map_err(BetterAuthError::from)?,
        // The other sessions end in any case; a client that asks for it gets a new token too.
        new_session: body.revoke_other_sessions.unwrap_or(false),
        client: request.client(),
    };
    match app.change_password(&caller, change).await? {
        PasswordChanged::SessionKept(account, profile) => {
            let user = User::new(account, profile.as_ref());
            Ok(Response::json(200, &Changed { token: None, user }))
        }
        PasswordChanged::SessionReplaced(new) => {
            let user = User::new(new.account, new.profile.as_ref());
            Response::json(200, &Changed { token: Some(new.token.clone()), user }).signed_in(
                app,
                &request,
                &new.token,
                &new.session,
            )
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::default().signs(Ring::Session), change_password).await
}
