//! Where a request goes on to: the pages that links in mails lead to.

use lambda_http::http::header::{ACCEPT, HeaderMap, HeaderValue};
use serde_json::Value;

use super::{Request, Response};
use crate::app::{App, MailLink};
use crate::model::NextPages;
use crate::problem::{BetterAuthError, Problem};

/// The browser's word for a request of a script.
const SEC_FETCH_MODE: &str = "sec-fetch-mode";

impl Request {
    /// What the link of a mail leads to. 403 unless the page is a path of this site or a trusted page.
    pub fn mail_link(&self, app: &App, page: Option<String>) -> Result<MailLink, Problem> {
        let callback_url = self.callback_url(app, page)?;
        Ok(MailLink { origin: self.public_origin(app)?, callback_url })
    }

    /// The same for the field `redirectTo`, whose problem has a code of its own.
    pub fn redirect_link(&self, app: &App, page: Option<String>) -> Result<MailLink, Problem> {
        self.mail_link(app, page).map_err(|problem| match problem {
            Problem::BetterAuth(BetterAuthError::InvalidCallbackUrl) => {
                BetterAuthError::InvalidRedirectUrl.into()
            }
            other => other,
        })
    }

    /// Where a sign-in goes on to that leads through another page. 403 for a page that is neither a path
    /// of this site nor trusted; each has a code of its own.
    pub fn next_pages(
        &self,
        app: &App,
        callback: Option<String>,
        new_user: Option<String>,
        error: Option<String>,
    ) -> Result<NextPages, Problem> {
        let page = |url, refused: BetterAuthError| {
            self.callback_url(app, url).map_err(|problem| match problem {
                Problem::BetterAuth(_) => refused.into(),
                other => other,
            })
        };
        Ok(NextPages {
            callback_url: page(callback, BetterAuthError::InvalidCallbackUrl)?,
            new_user_callback_url: page(new_user, BetterAuthError::InvalidNewUserCallbackUrl)?,
            error_callback_url: page(error, BetterAuthError::InvalidErrorCallbackUrl)?,
        })
    }

    /// Whether a program asks that reads the response, and no browser that shows it. Scripts of pages
    /// and Node say so with `Sec-Fetch-Mode: cors`. A native app sends no such header, but asks for
    /// JSON, which the programs that look at every link of a mail do not.
    pub fn is_of_a_program(&self) -> bool {
        let headers = self.0.headers();
        match headers.get(SEC_FETCH_MODE) {
            Some(mode) => mode == "cors",
            None => accepts_json_only(headers),
        }
    }

    /// The response to a request that has a page to go on to, or none. A problem that the page can
    /// show is passed on as its `error`.
    pub fn go_on(
        &self,
        app: &App,
        status: u16,
        page: Option<&str>,
        outcome: Result<Value, Problem>,
    ) -> Result<Response, Problem> {
        match (page, outcome) {
            (None, Ok(body)) => Ok(Response::json(200, &body)),
            (Some(page), Ok(_)) => Ok(Response::redirect(status, &self.absolute(app, page)?)),
            (Some(page), Err(problem)) if problem.status() < 500 => {
                let page = with_query(&self.absolute(app, page)?, "error", problem.code());
                Ok(Response::redirect(status, &page))
            }
            (_, Err(problem)) => Err(problem),
        }
    }

    /// The page that shows why a sign-in failed which leads through another page; `/` if the request names
    /// none. A fault of ours stays a problem.
    pub fn go_to_error(
        &self,
        app: &App,
        status: u16,
        pages: &NextPages,
        problem: Problem,
    ) -> Result<Response, Problem> {
        if problem.status() >= 500 {
            return Err(problem);
        }
        let page = self.absolute(app, pages.on_error().unwrap_or("/"))?;
        Ok(Response::redirect(status, &with_query(&page, "error", problem.code())))
    }

    /// A page as a whole URL: a path is one of this site.
    pub fn absolute(&self, app: &App, page: &str) -> Result<String, Problem> {
        if !page.starts_with('/') {
            return Ok(page.to_owned());
        }
        Ok(format!("{}{page}", self.public_origin(app)?))
    }
}

fn accepts_json_only(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(ACCEPT).iter().map(HeaderValue::as_bytes).peekable();
    let has = |line: &[u8], name: &str| String::from_utf8_lossy(line).contains(name);
    accepted.peek().is_some_and(|first| has(first, "application/json"))
        && accepted.all(|line| !has(line, "html"))
}

/// Adds a parameter to the query of a URL, before its fragment. The value has letters, digits, `_`, `.`
/// and `-` only, or is encoded.
pub fn with_query(url: &str, name: &str, value: &str) -> String {
    let (page, fragment) = match url.split_once('#') {
        Some((page, fragment)) => (page, format!("#{fragment}")),
        None => (url, String::new()),
    };
    let joint = if page.contains('?') { '&' } else { '?' };
    format!("{page}{joint}{name}={value}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stands_before_the_fragment() {
        for (url, expected) in [
            ("https://a.b/reset", "https://a.b/reset?token=x.y"),
            ("https://a.b/reset?lang=de", "https://a.b/reset?lang=de&token=x.y"),
            ("https://a.b/#/reset", "https://a.b/?token=x.y#/reset"),
            ("https://a.b/?a=1#/reset?b=2", "https://a.b/?a=1&token=x.y#/reset?b=2"),
            ("myapp://reset", "myapp://reset?token=x.y"),
        ] {
            assert_eq!(with_query(url, "token", "x.y"), expected);
        }
    }

    #[test]
    fn what_asks_for_a_page_is_no_program() {
        let of = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(ACCEPT, HeaderValue::from_static(line));
            }
            accepts_json_only(&headers)
        };
        assert!(of(&["application/json"]) && of(&["application/json, text/plain, */*"]));
        for lines in [
            &[][..],
            &["*/*"],
            &["text/html"],
            &["text/html,application/json"],
            &["application/json", "text/html"],
            &["application/xhtml+xml, application/json"],
        ] {
            assert!(!of(lines), "{lines:?}");
        }
    }
}
