//! POST /api/auth/sign-in/magic-link: mails a link that signs in, and makes an account where there is none.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::{App, Init};
use shared::http::{self, Exit, Json, Request, Result, serve_with};
use shared::problem::BetterAuthError;
use shared::text::{Email, Name};

#[derive(Deserialize)]
struct Body {
    email: Email,
    #[serde(default, deserialize_with = "http::present")]
    name: Option<Name>,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
    #[serde(rename = "newUserCallbackURL", default, deserialize_with = "http::present")]
    new_user_callback_url: Option<String>,
    #[serde(rename = "errorCallbackURL", default, deserialize_with = "http::present")]
    error_callback_url: Option<String>,
}

async fn sign_in_magic_link(app: &'static App, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    if app.config.mail.sender.is_none() {
        return Err(BetterAuthError::VerificationEmailNotEnabled.into());
    }
    let (next, new_user, error) =
        (body.callback_url, body.new_user_callback_url, body.error_callback_url);
    let pages = request.next_pages(app, next, new_user, error)?;
    let (origin, network) = (request.public_origin(app)?, request.client().network());
    app.ask_for_magic_link(body.email, body.name, origin, pages, &network).await?;
    Ok(Json(json!({ "status": true })))
}

fn main() -> Exit {
    serve_with(Init::default().two_connections(), sign_in_magic_link)
}
