//! GET /api/auth/verify-email: shows the page that proves an address, or proves it for a program.

use serde_json::json;
use shared::app::App;
use shared::auth::LinkToken;
use shared::http::{Exit, Page, Request, Response, Result, serve, with_query};
use shared::model::LinkPurpose;
use shared::problem::{BetterAuthError, Problem};
use shared::store::Link;

async fn verify_email(app: &'static App, request: Request) -> Result<Response> {
    let next = request.callback_url(app, request.query_text("callbackURL"))?;
    let token = request.query_text("token").unwrap_or_default();
    let token = token.parse().map_err(|_| BetterAuthError::InvalidEmailToken.into());
    if request.is_of_a_program() {
        let outcome = match token {
            Ok(token) => app.use_email_link(&token, &request.public_origin(app)?).await,
            Err(problem) => Err(problem),
        };
        let outcome = outcome.map(|user| json!({ "status": true, "user": user }));
        return request.go_on(app, 302, next.as_deref(), outcome);
    }
    let next = next.map(|next| request.absolute(app, &next)).transpose()?;
    show(app, token, next).await
}

/// What a browser gets. It uses nothing up: programs look at the links of a mail before its reader
/// does.
async fn show(
    app: &'static App,
    token: Result<LinkToken>,
    next: Option<String>,
) -> Result<Response> {
    let outcome = match token {
        Ok(token) => app.check_email_link(&token).await.map(|link| (token, link)),
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok((token, link)) => Ok(question(&token, &link, next.as_deref())),
        Err(problem) if problem.status() < 500 => Ok(no_link(&problem, next.as_deref())),
        Err(problem) => Err(problem),
    }
}

fn question(token: &LinkToken, link: &Link, next: Option<&str>) -> Response {
    let (made, email) = (link.account.created_at.to_string(), link.email.as_str());
    let (day, time) = (made.get(..10).unwrap_or_default(), made.get(11..16).unwrap_or_default());
    let page = match link.purpose {
        LinkPurpose::ChangeEmail => Page::new("Change your e-mail address")
            .paragraph(format!("Your account is to have the address {email}."))
            .paragraph("If you did not ask for this, close this page: nothing changes."),
        _ => Page::new("Confirm your e-mail address")
            .paragraph(format!("Is {email} yours?"))
            .paragraph(format!("The account was made on {day} at {time} (UTC)."))
            .paragraph("If that was not you, close this page: nothing changes."),
    };
    let token = token.expose();
    let fields = [("token", token.as_str()), ("callbackURL", next.unwrap_or_default())];
    page.form("Confirm", "/api/auth/verify-email", &fields, next.as_slice()).response(200)
}

fn no_link(problem: &Problem, next: Option<&str>) -> Response {
    let page = Page::new("This link is not valid")
        .paragraph("It has been used already, or it is older than an hour. Ask for a new one.");
    match next {
        Some(next) => page.link("Go on", &with_query(next, "error", problem.code())),
        None => page,
    }
    .response(400)
}

fn main() -> Exit {
    serve(verify_email)
}
