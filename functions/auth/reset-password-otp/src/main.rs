//! POST /api/auth/email-otp/reset-password: replaces the password by a mailed code, and ends all sessions.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::{App, Init};
use shared::http::{Exit, Json, Request, Result, serve_with};
use shared::model::CodePurpose;
use shared::problem::BetterAuthError;
use shared::text::{Email, Password};

#[derive(Deserialize)]
struct Body {
    email: String,
    otp: String,
    password: String,
}

async fn reset_password_otp(app: &'static App, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    let email = Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?;
    // The rules for passwords come first, so that a password which breaks one uses nothing up.
    let password = Password::try_from(body.password).map_err(BetterAuthError::from)?;
    let attempt = request.code_attempt(email, CodePurpose::ResetPassword, &body.otp)?;
    app.reset_password_by_code(&attempt, &password).await?;
    Ok(Json(json!({ "success": true })))
}

fn main() -> Exit {
    serve_with(Init::default().two_connections(), reset_password_otp)
}
