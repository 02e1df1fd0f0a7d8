//! POST /api/auth/signup: makes an account with a background profile and signs it in.

use serde::{Deserialize, Serialize};
use shared::app::{App, Init, SignUp, SignedUp};
use shared::auth::SessionToken;
use shared::http::{Created, Exit, Request, Result, serve_with};
use shared::id::UserId;
use shared::model::{Background, HardwareBackground, Ring, SoftwareLevel};
use shared::text::{Email, Name, Password};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    email: Email,
    password: Password,
    software_level: SoftwareLevel,
    hardware_background: HardwareBackground,
    #[serde(default)]
    name: Name,
}

#[derive(Serialize)]
struct ResponseBody {
    success: bool,
    user_id: UserId,
    session_token: Option<SessionToken>,
}

async fn signup(app: &'static App, request: Request) -> Result<Created<ResponseBody>> {
    let Body { email, password, software_level, hardware_background, name } = request.json()?;
    let signed_up = app
        .sign_up(SignUp {
            email,
            password,
            name,
            image: None,
            background: Some(Background { software_level, hardware_background }),
            remember: true,
            client: request.client(),
            link: request.mail_link(app, None)?,
        })
        .await?;
    let (user_id, session_token) = match signed_up {
        SignedUp::Session(new) => (new.account.user_id, Some(new.token)),
        SignedUp::Unverified(user) => (user.id().clone(), None),
    };
    Ok(Created(ResponseBody { success: true, user_id, session_token }))
}

fn main() -> Exit {
    serve_with(Init::default().signs(Ring::Session), signup)
}
