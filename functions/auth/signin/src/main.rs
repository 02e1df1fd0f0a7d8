//! POST /api/auth/signin: signs in with an e-mail address and a password.

use serde::{Deserialize, Serialize};
use shared::app::{App, Init, SignIn};
use shared::auth::SessionToken;
use shared::http::{self, Error, Json, Request, Result};
use shared::id::UserId;
use shared::model::{Background, Ring};
use shared::text::{Email, Password};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    email: Email,
    password: String,
}

#[derive(Serialize)]
struct SignedIn {
    success: bool,
    user_id: UserId,
    session_token: SessionToken,
    background_profile: Option<Background>,
}

async fn signin(app: &App, request: Request) -> Result<Json<SignedIn>> {
    let Body { email, password } = request.json()?;
    let password = Password::attempt(&password);
    let new =
        app.sign_in(SignIn { email, password, remember: true, client: request.client() }).await?;
    Ok(Json(SignedIn {
        success: true,
        user_id: new.account.user_id,
        session_token: new.token,
        background_profile: new.profile.map(|profile| profile.background()),
    }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::default().two_connections().signs(Ring::Session), signin).await
}
