//! Which pages may write. A browser sends cookies with every request, whichever page made it, so that
//! a write with cookies must come from a trusted page (OWASP, Cross-Site Request Forgery Prevention
//! Cheat Sheet: verifying the origin).

use lambda_http::http::Method;
use lambda_http::http::header::{COOKIE, HeaderMap, ORIGIN, REFERER};

use super::Request;
use crate::app::App;
use crate::problem::{BetterAuthError, Problem};
use crate::text::Origin;

impl Request {
    /// The origin of this API as browsers see it.
    pub fn public_origin(&self, app: &App) -> Result<Origin, Problem> {
        if let Some(origin) = &app.config.public_url {
            return Ok(origin.clone());
        }
        self.gateway_context()
            .host
            .and_then(Origin::of_host)
            .ok_or_else(|| Problem::internal("neither PUBLIC_URL nor the event names a host"))
    }

    /// 403 for a write that has cookies, of any name, and does not come from a trusted page.
    pub(super) fn refuse_foreign_origin(&self, app: &App) -> Result<(), Problem> {
        let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(self.0.method());
        if safe || !self.0.headers().contains_key(COOKIE) {
            return Ok(());
        }
        self.require_trusted_page(app)
    }

    /// 403 for a sign-in or sign-up that another site makes its visitor send. Browsers show that in
    /// their `Sec-Fetch` headers. A program that sends neither these nor `Origin` is allowed.
    pub fn refuse_foreign_sign_in(&self, app: &App) -> Result<(), Problem> {
        let headers = self.0.headers();
        let is = |name: &str, value: &str| headers.get(name).is_some_and(|header| header == value);
        let browser = headers.keys().any(|name| name.as_str().starts_with("sec-fetch-"));
        if is("sec-fetch-site", "cross-site") && is("sec-fetch-mode", "navigate") {
            return Err(BetterAuthError::CrossSiteNavigation.into());
        }
        if !browser && page(headers).is_none() {
            return Ok(());
        }
        self.require_trusted_page(app)
    }

    /// The page to go to after this request. 403 unless it is a path of this site or a trusted page.
    pub fn callback_url(&self, app: &App, url: Option<String>) -> Result<Option<String>, Problem> {
        let Some(url) = url else { return Ok(None) };
        let trusted = is_path(&url)
            || match Origin::of_url(&url) {
                Some(origin) => self.trusts(app, &origin)? && !url.chars().any(char::is_control),
                None => false,
            };
        if trusted { Ok(Some(url)) } else { Err(BetterAuthError::InvalidCallbackUrl.into()) }
    }

    fn require_trusted_page(&self, app: &App) -> Result<(), Problem> {
        let page = page(self.0.headers()).filter(|page| *page != "null");
        let Some(page) = page else { return Err(BetterAuthError::MissingOrigin.into()) };
        match Origin::of_url(page) {
            Some(origin) if self.trusts(app, &origin)? => Ok(()),
            _ => Err(BetterAuthError::InvalidOrigin.into()),
        }
    }

    fn trusts(&self, app: &App, origin: &Origin) -> Result<bool, Problem> {
        Ok(app.config.trusted_origins.contains(origin) || self.public_origin(app)? == *origin)
    }
}

/// The page that a request comes from: its origin or, without one, its URL. Two `Origin` headers count
/// as none.
fn page(headers: &HeaderMap) -> Option<&str> {
    for name in [ORIGIN, REFERER] {
        let mut values = headers.get_all(name).iter();
        if let Some(value) = values.next() {
            return if values.next().is_none() { value.to_str().ok() } else { None };
        }
    }
    None
}

/// Whether a text is a path of this site for every browser: `//host` and `/\\host` are not.
fn is_path(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    url.starts_with('/')
        && !url.starts_with("//")
        && !url.contains('\\')
        && !["%2f", "%5c"].iter().any(|hidden| lower.contains(hidden))
        && url.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_site() {
        for path in ["/", "/dash", "/dash?tab=1#top"] {
            assert!(is_path(path), "{path}");
        }
        for other in
            ["", "dash", "//evil.com", "/\\evil.com", "/%2fevil.com", "/%5Cevil", "/a\nb", "/ä"]
        {
            assert!(!is_path(other), "{other:?}");
        }
    }
}
