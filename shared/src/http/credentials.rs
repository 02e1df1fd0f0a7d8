//! Who makes a request: what it says in `Authorization`, or else in the session's cookies.
//!
//! A bearer token counts alone. Cookies are then neither read nor set nor cleared, so that no page has
//! to be named: no other site's page can make a browser send a bearer token.

use lambda_http::http::HeaderMap;
use lambda_http::http::header::{AUTHORIZATION, COOKIE};

use super::Request;
use super::cookies::Cookies;
use crate::app::{App, Caller, SentAs};
use crate::auth::SessionToken;
use crate::problem::Problem;

/// What `Authorization` says.
#[derive(Debug)]
enum Authorization {
    /// Nothing about sessions: it is absent, empty or of another scheme.
    Absent,
    Bearer(SessionToken),
    /// It is there twice, so that nobody knows which one counts.
    Repeated,
}

impl Request {
    /// The user who makes the request; 401 without a valid session token, and 403 for a write with
    /// cookies that does not come from a trusted page.
    pub async fn caller(&self, app: &'static App) -> Result<Caller, Problem> {
        let (signed_in, token, sent_as) = match authorization(self.0.headers()) {
            Authorization::Repeated => return Err(Problem::Unauthorized(None)),
            Authorization::Bearer(token) if token.is_handle() => {
                return Err(Problem::HandleAsToken);
            }
            Authorization::Bearer(token) => (app.verify(&token).await?, token, SentAs::Bearer),
            Authorization::Absent => {
                let tokens = self.session_cookies(app)?;
                let (signed_in, token) = app.verify_cookies(tokens).await?;
                (signed_in, token, SentAs::Cookie)
            }
        };
        Ok(Caller::new(app, signed_in, token, sent_as))
    }

    /// Whether the request is judged by `Authorization` alone.
    pub(super) fn has_authorization(&self) -> bool {
        !matches!(authorization(self.0.headers()), Authorization::Absent)
    }

    /// The cookies that a response may set; `None` beside a bearer token. 403 unless the request may
    /// come from its page.
    pub(super) fn cookies(&self, app: &App) -> Result<Option<Cookies>, Problem> {
        if self.has_authorization() {
            return Ok(None);
        }
        self.refuse_foreign_page(app)?;
        Ok(Some(Cookies::new(self.public_origin(app)?.is_https())))
    }

    /// The cookies that a response may clear. Another program of the same host has cookies of the same
    /// names, so one of the request's must be ours. `None` also if ours name different users: one of
    /// them was planted, and would sign in alone if the other were cleared.
    pub(super) fn own_cookies(&self, app: &App) -> Result<Option<Cookies>, Problem> {
        let Some(cookies) = self.cookies(app)? else { return Ok(None) };
        let tokens = cookies.tokens(self.0.headers());
        let mut users: Vec<_> = tokens.iter().filter_map(|token| app.names_user(token)).collect();
        users.dedup();
        Ok((users.len() == 1).then_some(cookies))
    }

    fn session_cookies(&self, app: &App) -> Result<Vec<SessionToken>, Problem> {
        let headers = self.0.headers();
        // Nothing can be done in the name of a user whose browser sent no cookie.
        if !headers.contains_key(COOKIE) {
            return Ok(Vec::new());
        }
        Ok(self.cookies(app)?.map(|cookies| cookies.tokens(headers)).unwrap_or_default())
    }
}

/// Reads `Authorization`: a scheme in upper or lower case, one or more spaces, and the token (RFC 9110
/// §11.4).
fn authorization(headers: &HeaderMap) -> Authorization {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Authorization::Absent };
    if values.next().is_some() {
        return Authorization::Repeated;
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    let (scheme, token) = text.trim().split_once([' ', '\t']).unwrap_or((&text, ""));
    let token = token.trim();
    if token.is_empty() || !scheme.eq_ignore_ascii_case("bearer") {
        return Authorization::Absent;
    }
    Authorization::Bearer(SessionToken::from(token.to_owned()))
}

#[cfg(test)]
mod tests;
