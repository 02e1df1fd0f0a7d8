//! GET /api/auth/delete-user/callback: shows the page whose button deletes the account of a mailed link.

use shared::app::{App, Init};
use shared::http::{Exit, Page, Request, Response, Result, serve_with};

/// It uses nothing up: programs look at the links of a mail before its reader does. It does not say
/// whether the link is valid, which only its user learns.
async fn open_delete_link(app: &'static App, request: Request) -> Result<Response> {
    let next = request.callback_url(app, request.query_text("callbackURL"))?;
    let next = next.map(|next| request.absolute(app, &next)).transpose()?;
    let token = request.query_text("token").unwrap_or_default();
    let fields = [("token", token.as_str()), ("callbackURL", next.as_deref().unwrap_or_default())];
    Ok(Page::new("Delete your account")
        .paragraph("Your account and all that belongs to it are deleted. Nobody can undo this.")
        .paragraph("It works in the browser that you are signed in with.")
        .paragraph("If you did not ask for this, close this page: nothing changes.")
        .form("Delete my account", "/api/auth/delete-user", &fields, next.as_deref().as_slice())
        .response(200))
}

fn main() -> Exit {
    serve_with(Init::without_table(), open_delete_link)
}
