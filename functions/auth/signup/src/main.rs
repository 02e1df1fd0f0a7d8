//! POST /api/auth/signup: makes an account with a background profile and signs it in.

use serde::{Deserialize, Serialize};
use shared::app::{App, SignUp};
use shared::auth::SessionToken;
use shared::http::{self, Created, Error, Request, Result};
use shared::id::UserId;
use shared::model::{Background, HardwareBackground, SoftwareLevel};
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
struct SignedUp {
    success: bool,
    user_id: UserId,
    session_token: SessionToken,
}

async fn signup(app: &App, request: Request) -> Result<Created<SignedUp>> {
    let Body { email, password, software_level, hardware_background, name } = request.json()?;
    let background = Background { software_level, hardware_background };
    let client = request.client();
    let (user_id, session_token) =
        app.sign_up(SignUp { email, password, name, background, client }).await?;
    Ok(Created(SignedUp { success: true, user_id, session_token }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(signup).await
}
