//! POST /api/auth/change-email: mails a link to a new address, which makes it the caller's address.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::Caller;
use shared::http::{self, Exit, Json, Request, Result, serve_signed_in};
use shared::model::MailPurpose;
use shared::problem::BetterAuthError;
use shared::text::Email;

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "newEmail")]
    new_email: Email,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
}

/// The response is the same if somebody else has the address: then there is no mail.
async fn change_email(caller: Caller, request: Request) -> Result<Json<Value>> {
    let (app, body) = (caller.app, request.better_auth_json::<Body>()?);
    if app.config.mail.sender.is_none() {
        return Err(BetterAuthError::ChangeEmailDisabled.into());
    }
    let link = request.mail_link(app, body.callback_url)?;
    let (session, account, _) = caller.store().session().await?;
    if !session.is_fresh(app.clock.now()) {
        return Err(BetterAuthError::SessionNotFresh.into());
    }
    if account.email == body.new_email {
        return Err(BetterAuthError::EmailIsTheSame.into());
    }
    let (user_id, network) = (Some(account.user_id), request.client().network());
    app.ask_for_mail(MailPurpose::ChangeEmail, body.new_email, user_id, link, &network).await?;
    Ok(Json(json!({ "status": true })))
}

fn main() -> Exit {
    serve_signed_in(change_email)
}
