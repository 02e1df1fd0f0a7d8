//! POST /api/auth/signin: signs in with an e-mail address and a password.

use serde::{Deserialize, Serialize};
use shared::app::{App, Init, SignIn};
use shared::auth::SessionToken;
use shared::http::{Exit, Json, Request, Result, serve_with};
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
struct ResponseBody {
    success: bool,
    user_id: UserId,
    session_token: SessionToken,
    background_profile: Option<Background>,
}

async fn signin(app: &'static App, request: Request) -> Result<Json<ResponseBody>> {
    let Body { email, password } = request.json()?;
    let password = Password::attempt(&password);
    let (client, link) = (request.client(), request.mail_link(app, None)?);
    let new = app.sign_in(SignIn { email, password, remember: true, client, link }).await?;
    Ok(Json(ResponseBody {
        success: true,
        user_id: new.account.user_id,
        session_token: new.token,
        background_profile: new.profile.map(|profile| profile.background()),
    }))
}

fn main() -> Exit {
    serve_with(Init::default().two_connections().signs(Ring::Session), signin)
}
