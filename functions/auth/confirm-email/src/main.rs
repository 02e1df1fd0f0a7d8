//! POST /api/auth/verify-email: proves or changes an address, for the button on the page of a mailed link.

use serde::Deserialize;
use serde_json::json;
use shared::app::App;
use shared::auth::LinkToken;
use shared::http::{self, Exit, Page, Request, Response, Result, serve};
use shared::model::User;
use shared::problem::{BetterAuthError, Problem};

#[derive(Deserialize)]
struct Body {
    token: String,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
}

/// The token is the proof. No cookie is read or set, so that it does not matter which page asks.
async fn confirm_email(app: &'static App, request: Request) -> Result<Response> {
    let body: Body = request.better_auth_json_or_form()?;
    let next = request.callback_url(app, body.callback_url)?;
    let outcome = confirm(app, &request, &body.token).await;
    match (&next, &outcome) {
        (None, Ok(_)) if request.is_form() => Ok(Page::new("Thank you")
            .paragraph("Your e-mail address is confirmed. You may close this page.")
            .response(200)),
        (None, Err(problem)) if request.is_form() && problem.status() < 500 => {
            let (title, text) = match problem {
                Problem::EmailTaken => {
                    ("This address is taken", "Another account has it by now. Nothing changed.")
                }
                _ => (
                    "This link is not valid",
                    "It has been used already, or it is older than an hour. Ask for a new one.",
                ),
            };
            Ok(Page::new(title).paragraph(text).response(400))
        }
        _ => {
            let outcome = outcome.map(|user| json!({ "status": true, "user": user }));
            request.go_on(app, 303, next.as_deref(), outcome)
        }
    }
}

async fn confirm(app: &'static App, request: &Request, token: &str) -> Result<Option<User>> {
    let token: LinkToken = token.parse().map_err(|_| BetterAuthError::InvalidEmailToken)?;
    app.use_email_link(&token, &request.public_origin(app)?).await
}

fn main() -> Exit {
    serve(confirm_email)
}
