//! POST /api/auth/email-otp/check-verification-otp: says whether a mailed code is right, and leaves it valid.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::{App, Init};
use shared::http::{Exit, Json, OtpType, Request, Result, serve_with};
use shared::problem::BetterAuthError;
use shared::text::Email;

#[derive(Deserialize)]
struct Body {
    email: String,
    #[serde(rename = "type")]
    purpose: OtpType,
    otp: String,
}

async fn check_verification_otp(app: &'static App, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    let email = Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?;
    let attempt = request.code_attempt(email, body.purpose.purpose()?, &body.otp)?;
    app.check_code(&attempt).await?;
    Ok(Json(json!({ "success": true })))
}

fn main() -> Exit {
    serve_with(Init::default().two_connections(), check_verification_otp)
}
