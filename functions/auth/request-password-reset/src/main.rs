//! POST /api/auth/request-password-reset: mails a link to choose a new password, if anyone has the address.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::App;
use shared::http::{self, Exit, Json, Request, Result, serve};
use shared::model::MailPurpose;
use shared::problem::BetterAuthError;
use shared::text::Email;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    email: Email,
    #[serde(default, deserialize_with = "http::present")]
    redirect_to: Option<String>,
}

async fn request_password_reset(app: &'static App, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    if app.config.mail.sender.is_none() {
        return Err(BetterAuthError::ResetPasswordDisabled.into());
    }
    let link = request.redirect_link(app, body.redirect_to)?;
    let network = request.client().network();
    app.ask_for_mail(MailPurpose::ResetPassword, body.email, None, link, &network).await?;
    let message = "If this email exists in our system, check your email for the reset link";
    Ok(Json(json!({ "status": true, "message": message })))
}

fn main() -> Exit {
    serve(request_password_reset)
}
