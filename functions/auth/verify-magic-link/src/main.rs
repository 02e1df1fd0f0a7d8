//! GET /api/auth/magic-link/verify: shows the page whose button signs in, or signs a program in.

use serde_json::json;
use shared::app::{App, Init};
use shared::auth::SignInToken;
use shared::http::{Exit, Page, Request, Response, Result, serve_with, with_query};
use shared::model::{NextPages, Ring};
use shared::problem::BetterAuthError;
use shared::text::Email;

async fn verify_magic_link(app: &'static App, request: Request) -> Result<Response> {
    let page = |name| request.query_text(name);
    let (next, new_user) = (page("callbackURL"), page("newUserCallbackURL"));
    let pages = request.next_pages(app, next, new_user, page("errorCallbackURL"))?;
    let token = request.query_text("token").unwrap_or_default();
    let token = token.parse().map_err(|_| BetterAuthError::InvalidToken.into());
    if request.is_of_a_program() {
        return sign_in(app, &request, token, &pages).await;
    }
    let outcome = match token {
        Ok(token) => app.check_magic_link(&token).await.map(|email| (token, email)),
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok((token, email)) => question(app, &request, &token, &email, &pages),
        Err(problem) if problem.status() < 500 => no_link(app, &request, &pages),
        Err(problem) => Err(problem),
    }
}

/// A page of another site must not sign its visitor in as somebody else.
async fn sign_in(
    app: &'static App,
    request: &Request,
    token: Result<SignInToken>,
    pages: &NextPages,
) -> Result<Response> {
    request.refuse_foreign_script(app)?;
    let outcome = match token {
        Ok(token) => app.sign_in_by_magic_link(&token, &request.client()).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok((new, is_new)) => {
            let response = if let Some(page) = pages.after_sign_in(is_new) {
                Response::redirect(302, &request.absolute(app, page)?)
            } else {
                let (token, user, session) = (&new.token, new.user(), new.show());
                let body = json!({ "token": token, "user": user, "session": session });
                Response::json(200, &body)
            };
            response.signed_in(app, request, &new)
        }
        Err(problem) => request.go_to_error(app, 302, pages, problem),
    }
}

/// What a browser gets. It uses nothing up: programs look at the links of a mail before its reader
/// does.
fn question(
    app: &App,
    request: &Request,
    token: &SignInToken,
    email: &Email,
    pages: &NextPages,
) -> Result<Response> {
    let whole = |page: &Option<String>| match page {
        Some(page) => request.absolute(app, page),
        None => Ok(String::new()),
    };
    let (token, callback) = (token.expose(), whole(&pages.callback_url)?);
    let (new_user, error) =
        (whole(&pages.new_user_callback_url)?, whole(&pages.error_callback_url)?);
    let fields = [
        ("token", token.as_str()),
        ("callbackURL", callback.as_str()),
        ("newUserCallbackURL", new_user.as_str()),
        ("errorCallbackURL", error.as_str()),
    ];
    let next = [callback.as_str(), new_user.as_str(), error.as_str()];
    let page = Page::new("Sign in")
        .paragraph(format!("Do you want to sign in as {}?", email.as_str()))
        .paragraph("If you did not ask for the link, close this page: nobody is signed in.");
    Ok(page.form("Sign in", "/api/auth/magic-link/verify", &fields, &next).response(200))
}

fn no_link(app: &App, request: &Request, pages: &NextPages) -> Result<Response> {
    let page = Page::new("This link is not valid").paragraph(
        "It has been used already, or it is older than five minutes. Ask for a new one.",
    );
    let page = match pages.on_error() {
        Some(next) => {
            let next = request.absolute(app, next)?;
            page.link("Go on", &with_query(&next, "error", "INVALID_TOKEN"))
        }
        None => page,
    };
    Ok(page.response(400))
}

fn main() -> Exit {
    serve_with(Init::default().signs(Ring::Session), verify_magic_link)
}
