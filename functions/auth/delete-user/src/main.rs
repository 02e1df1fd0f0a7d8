//! POST /api/auth/delete-user: deletes the caller's account with everything that belongs to it.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::{Caller, Init, MailLink, Proof};
use shared::http::{self, Exit, Page, Request, Response, Result, serve_signed_in_with};
use shared::model::MailPurpose;
use shared::problem::{BetterAuthError, Problem};
use shared::text::Password;

#[derive(Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "http::present")]
    password: Option<String>,
    #[serde(default, deserialize_with = "http::present")]
    token: Option<String>,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
}

async fn delete_user(caller: Caller, request: Request) -> Result<Response> {
    let (app, body) = (caller.app, request.better_auth_json_or_form::<Body>()?);
    let link = request.mail_link(app, body.callback_url)?;
    let proof = match (body.token, body.password) {
        (Some(token), _) => {
            Proof::Link(token.parse().map_err(|_| BetterAuthError::UnknownDeletionToken)?)
        }
        (None, Some(password)) => Proof::Password(Password::attempt(&password)),
        (None, None) => Proof::FreshSession,
    };
    match app.delete_user(&caller.signed_in, &proof, &request.client()).await {
        Ok(()) => deleted(&caller, &request, link.callback_url.as_deref()),
        Err(Problem::BetterAuth(BetterAuthError::SessionExpired))
            if app.config.mail.sender.is_some() =>
        {
            mail(&caller, &request, link).await?;
            Ok(Response::json(200, &success("Verification email sent")))
        }
        Err(problem) => Err(problem),
    }
}

/// A form comes from the page of a mailed link, so its response is a page, too.
fn deleted(caller: &Caller, request: &Request, next: Option<&str>) -> Result<Response> {
    let response = match next {
        Some(next) if request.is_form() => {
            Response::redirect(303, &request.absolute(caller.app, next)?)
        }
        None if request.is_form() => Page::new("Your account is deleted")
            .paragraph("Everything that belongs to it goes, too. You may close this page.")
            .response(200),
        _ => Response::json(200, &success("User deleted")),
    };
    response.signed_out(caller.app, request)
}

/// The session is too old to be proof enough, so the address has to be.
async fn mail(caller: &Caller, request: &Request, link: MailLink) -> Result<()> {
    let account = caller.store().account().await?;
    let (user_id, network) = (Some(account.user_id), request.client().network());
    caller.app.ask_for_mail(MailPurpose::DeleteUser, account.email, user_id, link, &network).await
}

fn success(message: &str) -> Value {
    json!({ "success": true, "message": message })
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), delete_user)
}
