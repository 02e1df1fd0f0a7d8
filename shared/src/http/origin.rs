//! Which pages may write. A browser sends cookies with every request, whichever page made it, and keeps
//! those of every response. So a write that reads, sets or clears cookies must come from a trusted page
//! (OWASP, Cross-Site Request Forgery Prevention Cheat Sheet: verifying the origin). A program that
//! sends nothing that a browser would send is no page.

use lambda_http::http::Method;
use lambda_http::http::header::{COOKIE, HeaderMap, ORIGIN, REFERER};

use super::Request;
use crate::app::App;
use crate::problem::{BetterAuthError, Problem};
use crate::text::Origin;

/// The header in which Expo's client names its app, as `myapp://`.
const EXPO_ORIGIN: &str = "expo-origin";

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

    /// 403 for a write that comes from a page that is not trusted, or from a page that is not named.
    /// Whatever reads, sets or clears cookies calls this first.
    pub fn refuse_foreign_page(&self, app: &App) -> Result<(), Problem> {
        let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(self.0.method());
        let headers = self.0.headers();
        let from_a_browser = headers.contains_key(COOKIE) || has_sec_fetch(headers);
        if safe || self.has_authorization() || !(from_a_browser || names_page(headers)) {
            return Ok(());
        }
        let page = page(headers).filter(|page| *page != "null");
        let Some(page) = page else { return Err(BetterAuthError::MissingOrigin.into()) };
        match Origin::of_url(page) {
            Some(origin) if self.trusts(app, &origin)? => Ok(()),
            _ => Err(BetterAuthError::InvalidOrigin.into()),
        }
    }

    /// The same for a sign-in or sign-up, which another site may also make its visitor's browser send
    /// by a link or a form. Browsers show that in their `Sec-Fetch` headers.
    pub fn refuse_foreign_sign_in(&self, app: &App) -> Result<(), Problem> {
        let headers = self.0.headers();
        let is = |name: &str, value: &str| headers.get(name).is_some_and(|header| header == value);
        if is("sec-fetch-site", "cross-site") && is("sec-fetch-mode", "navigate") {
            return Err(BetterAuthError::CrossSiteNavigation.into());
        }
        self.refuse_foreign_page(app)
    }

    /// The same for a GET of a script that signs in. A browser names the origin of a page of another site;
    /// without one, the page is of this site, or there is none.
    pub fn refuse_foreign_script(&self, app: &App) -> Result<(), Problem> {
        let mut origins = self.0.headers().get_all(ORIGIN).iter();
        let trusted = match (origins.next(), origins.next()) {
            (None, _) => true,
            (Some(origin), None) => match origin.to_str().ok().and_then(Origin::of_url) {
                Some(origin) => self.trusts(app, &origin)?,
                None => false,
            },
            _ => false,
        };
        if trusted || self.has_authorization() {
            return Ok(());
        }
        Err(BetterAuthError::InvalidOrigin.into())
    }

    /// The page to go to after this request; an empty text is none. 403 unless it is a path of this site
    /// or a trusted page.
    pub fn callback_url(&self, app: &App, url: Option<String>) -> Result<Option<String>, Problem> {
        let Some(url) = url.filter(|url| !url.is_empty()) else { return Ok(None) };
        let trusted = is_path(&url)
            || app.config.mail.is_own_page(&url)
            || match Origin::of_url(&url) {
                Some(origin) => self.trusts(app, &origin)? && !url.chars().any(char::is_control),
                None => false,
            };
        if trusted { Ok(Some(url)) } else { Err(BetterAuthError::InvalidCallbackUrl.into()) }
    }

    fn trusts(&self, app: &App, origin: &Origin) -> Result<bool, Problem> {
        Ok(app.config.clients.trusted.contains(origin) || self.public_origin(app)? == *origin)
    }
}

/// The header that names a request's page: the first of these that is there. Expo's client has no page,
/// and names its app in a header of its own. A browser always sends one of the others with a write, so
/// that no page can use it.
fn naming(headers: &HeaderMap) -> Option<&str> {
    let expo = (EXPO_ORIGIN, !has_sec_fetch(headers));
    [(ORIGIN.as_str(), true), expo, (REFERER.as_str(), true)]
        .into_iter()
        .find(|(name, counts)| *counts && headers.contains_key(*name))
        .map(|(name, _)| name)
}

fn names_page(headers: &HeaderMap) -> bool {
    naming(headers).is_some()
}

/// The page that a request comes from: its origin or, without one, its URL. Two of one header count as
/// none.
fn page(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(naming(headers)?).iter();
    let value = values.next()?;
    if values.next().is_none() { value.to_str().ok() } else { None }
}

/// Whether a request has one of the headers that browsers add to each request, and no page can change.
fn has_sec_fetch(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with("sec-fetch-"))
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
