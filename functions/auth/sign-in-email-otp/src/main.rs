//! POST /api/auth/sign-in/email-otp: signs in by a mailed code, and makes an account where there is none.

use serde::{Deserialize, Serialize};
use shared::app::{App, Init, Newcomer};
use shared::auth::SessionToken;
use shared::http::{self, Exit, Request, Response, Result, serve_with};
use shared::model::{CodePurpose, Ring, User};
use shared::problem::BetterAuthError;
use shared::text::{Email, Image, Name};

#[derive(Deserialize)]
struct Body {
    email: String,
    otp: String,
    #[serde(default, deserialize_with = "http::present")]
    name: Option<Name>,
    #[serde(default, deserialize_with = "http::present")]
    image: Option<Image>,
}

#[derive(Serialize)]
struct ResponseBody {
    token: SessionToken,
    user: User,
}

async fn sign_in_email_otp(app: &'static App, request: Request) -> Result<Response> {
    request.refuse_foreign_sign_in(app)?;
    let body: Body = request.better_auth_json()?;
    let newcomer = Newcomer { name: body.name.unwrap_or_default(), image: body.image };
    let email = Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?;
    let attempt = request.code_attempt(email, CodePurpose::SignIn, &body.otp)?;
    let new = app.sign_in_by_code(&attempt, &newcomer).await?;
    let body = ResponseBody { token: new.token.clone(), user: new.user() };
    Response::json(200, &body).signed_in(app, &request, &new)
}

fn main() -> Exit {
    serve_with(Init::default().two_connections().signs(Ring::Session), sign_in_email_otp)
}
