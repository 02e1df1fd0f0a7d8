//! GET /api/auth/error: shows an error as a page, to a browser that was redirected here.

use shared::app::{App, Init};
use shared::http::{Exit, Page, Request, Response, Result, serve_with};

/// Maximum characters of the description that are shown.
const MAX_DESCRIPTION: usize = 500;
const MAX_CODE: usize = 100;

async fn error(app: &'static App, request: Request) -> Result<Response> {
    let code = request.query_text("error").filter(|code| is_code(code));
    let page = Page::new("Something went wrong")
        .paragraph(format!("Error: {}", code.as_deref().unwrap_or("UNKNOWN")));
    let page = match request.query_text("error_description") {
        Some(text) => page.paragraph(text.chars().take(MAX_DESCRIPTION).collect::<String>()),
        None => page,
    };
    // Only the configuration says where it leads: the query is anybody's.
    let page = match app.config.clients.trusted.first_page() {
        Some(origin) => page.link("Back to the application", &format!("{origin}/")),
        None => page,
    };
    Ok(page.response(200))
}

fn is_code(text: &str) -> bool {
    text.len() <= MAX_CODE && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

fn main() -> Exit {
    serve_with(Init::without_table(), error)
}
