//! POST /api/auth/magic-link/verify: signs in, as the button of a mailed link's page asks.

use serde::Deserialize;
use shared::app::{App, Init};
use shared::http::{self, Exit, Request, Response, Result, serve_with};
use shared::model::Ring;
use shared::problem::BetterAuthError;

#[derive(Deserialize)]
struct Body {
    token: String,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
    #[serde(rename = "newUserCallbackURL", default, deserialize_with = "http::present")]
    new_user_callback_url: Option<String>,
    #[serde(rename = "errorCallbackURL", default, deserialize_with = "http::present")]
    error_callback_url: Option<String>,
}

async fn confirm_magic_link(app: &'static App, request: Request) -> Result<Response> {
    request.refuse_foreign_sign_in(app)?;
    let body: Body = request.better_auth_json_or_form()?;
    let (next, new_user, error) =
        (body.callback_url, body.new_user_callback_url, body.error_callback_url);
    let pages = request.next_pages(app, next, new_user, error)?;
    let outcome = match body.token.parse() {
        Ok(token) => app.sign_in_by_magic_link(&token, &request.client()).await,
        Err(_) => Err(BetterAuthError::InvalidToken.into()),
    };
    match outcome {
        Ok((new, is_new)) => {
            let page = request.absolute(app, pages.after_sign_in(is_new).unwrap_or("/"))?;
            Response::redirect(303, &page).signed_in(app, &request, &new)
        }
        Err(problem) => request.go_to_error(app, 303, &pages, problem),
    }
}

fn main() -> Exit {
    serve_with(Init::default().signs(Ring::Session), confirm_magic_link)
}
