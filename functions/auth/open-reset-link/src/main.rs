//! GET /api/auth/reset-password/{token}: redirects to the page where a new password is chosen.

use shared::app::App;
use shared::http::{Exit, Request, Response, Result, serve, with_query};
use shared::problem::{BetterAuthError, Problem};

/// It uses nothing up: programs look at the links of a mail before its reader does.
async fn open_reset_link(app: &'static App, request: Request) -> Result<Response> {
    let page = request.callback_url(app, request.query_text("callbackURL"))?;
    let page = page.or_else(|| app.config.mail.reset_password_url.clone());
    let page = page.ok_or_else(|| Problem::InvalidQuery {
        name: "callbackURL".to_owned(),
        rule: "must name the page where a new password is chosen".to_owned(),
    })?;
    let page = request.absolute(app, &page)?;
    let Some(token) = request.link_token() else {
        return Ok(invalid(&page, BetterAuthError::InvalidToken));
    };
    match app.check_reset_link(&token).await {
        Ok(()) => Ok(Response::redirect(302, &with_query(&page, "token", &token.expose()))),
        Err(Problem::BetterAuth(error)) => Ok(invalid(&page, error)),
        Err(problem) => Err(problem),
    }
}

fn invalid(page: &str, error: BetterAuthError) -> Response {
    Response::redirect(302, &with_query(page, "error", error.code()))
}

fn main() -> Exit {
    serve(open_reset_link)
}
