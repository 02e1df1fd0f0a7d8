//! POST /api/auth/send-verification-email: mails a link that proves an address.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::App;
use shared::http::{self, Exit, Json, Request, Result, serve};
use shared::model::{Account, MailPurpose};
use shared::problem::{BetterAuthError, Problem};
use shared::text::Email;

#[derive(Deserialize)]
struct Body {
    email: Email,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
}

async fn send_verification_email(app: &'static App, request: Request) -> Result<Json<Value>> {
    request.refuse_foreign_page(app)?;
    let body: Body = request.better_auth_json()?;
    if app.config.mail.sender.is_none() {
        return Err(BetterAuthError::VerificationEmailNotEnabled.into());
    }
    let link = request.mail_link(app, body.callback_url)?;
    refuse_needless(app, &request, &body.email).await?;
    let network = request.client().network();
    app.ask_for_mail(MailPurpose::VerifyEmail, body.email, None, link, &network).await?;
    Ok(Json(json!({ "status": true })))
}

/// A user who is signed in is told why there will be no mail. Nobody else is.
async fn refuse_needless(app: &'static App, request: &Request, email: &Email) -> Result<()> {
    let account = match own_account(app, request).await {
        Ok(account) => account,
        Err(Problem::Unauthorized(_) | Problem::HandleAsToken) => return Ok(()),
        Err(problem) => return Err(problem),
    };
    if account.email != *email {
        Err(BetterAuthError::EmailMismatch.into())
    } else if account.email_verified {
        Err(BetterAuthError::EmailAlreadyVerified.into())
    } else {
        Ok(())
    }
}

async fn own_account(app: &'static App, request: &Request) -> Result<Account> {
    Ok(request.caller(app).await?.store().account().await?)
}

fn main() -> Exit {
    serve(send_verification_email)
}
