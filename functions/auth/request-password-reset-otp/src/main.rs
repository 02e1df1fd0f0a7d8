//! POST /api/auth/email-otp/request-password-reset: mails a code to choose a new password, if anyone has the address.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::{App, Init};
use shared::http::{Exit, Json, Request, Result, serve_with};
use shared::model::CodePurpose;
use shared::problem::BetterAuthError;
use shared::text::Email;

#[derive(Deserialize)]
struct Body {
    email: String,
}

async fn request_password_reset_otp(app: &'static App, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    let email = Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?;
    if app.config.mail.sender.is_none() {
        return Err(BetterAuthError::ResetPasswordDisabled.into());
    }
    let (origin, network) = (request.public_origin(app)?, request.client().network());
    app.ask_for_code(CodePurpose::ResetPassword, email, origin, &network).await?;
    Ok(Json(json!({ "success": true })))
}

fn main() -> Exit {
    serve_with(Init::default().two_connections(), request_password_reset_otp)
}
