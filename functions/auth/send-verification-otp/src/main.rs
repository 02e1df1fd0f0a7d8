//! POST /api/auth/email-otp/send-verification-otp: mails a code of six digits.

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
}

/// What is written does not depend on whether anyone has the address.
async fn send_verification_otp(app: &'static App, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    let email = Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?;
    if app.config.mail.sender.is_none() {
        return Err(BetterAuthError::VerificationEmailNotEnabled.into());
    }
    let purpose = body.purpose.purpose()?;
    let (origin, network) = (request.public_origin(app)?, request.client().network());
    app.ask_for_code(purpose, email, origin, &network).await?;
    Ok(Json(json!({ "success": true })))
}

fn main() -> Exit {
    serve_with(Init::default().two_connections(), send_verification_otp)
}
