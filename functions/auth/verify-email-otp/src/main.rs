//! POST /api/auth/email-otp/verify-email: proves the address of an account by a mailed code.

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
    otp: String,
}

async fn verify_email_otp(app: &'static App, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    let email = Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?;
    let attempt = request.code_attempt(email, CodePurpose::VerifyEmail, &body.otp)?;
    let user = app.verify_email_by_code(&attempt).await?;
    Ok(Json(json!({ "status": true, "token": null, "user": user })))
}

fn main() -> Exit {
    serve_with(Init::default().two_connections(), verify_email_otp)
}
