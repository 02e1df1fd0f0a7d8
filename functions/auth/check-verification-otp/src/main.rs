//! POST /api/auth/email-otp/check-verification-otp: says whether a mailed code is right, and leaves it valid.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::{App, CodeAttempt, Init};
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
    let attempt = CodeAttempt {
        email: Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?,
        purpose: body.purpose.purpose()?,
        code: body.otp.parse().map_err(|_| BetterAuthError::InvalidOtp)?,
        client: request.client(),
    };
    app.check_code(&attempt).await?;
    Ok(Json(json!({ "success": true })))
}

fn main() -> Exit {
    serve_with(Init::default().two_connections(), check_verification_otp)
}
