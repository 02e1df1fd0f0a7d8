//! The cookies of a session, under Better Auth's names.

use cookie::{Cookie, SameSite};
use lambda_http::http::header::{COOKIE, HeaderMap};

use crate::auth::SessionToken;
use crate::clock::Timestamp;
use crate::model::Session;

const TOKEN: &str = "session_token";
/// Means that the session ends when the browser is closed.
const DONT_REMEMBER: &str = "dont_remember";
/// Better Auth may have set this one earlier. It is cleared with the others.
const DATA: &str = "session_data";

/// The names and attributes of the cookies. With https, the prefix of the name binds them to it
/// (RFC 6265bis §4.1.3.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Cookies {
    secure: bool,
}

impl Cookies {
    pub(super) fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// The session token of a request. API Gateway may join cookies with `;` and no space.
    pub(super) fn token(self, headers: &HeaderMap) -> Option<SessionToken> {
        let name = self.name(TOKEN);
        headers.get_all(COOKIE).iter().find_map(|header| {
            // Another cookie may contain any bytes. They must not hide ours.
            let text = String::from_utf8_lossy(header.as_bytes());
            let mut cookies = Cookie::split_parse(text.as_ref()).filter_map(Result::ok);
            let cookie = cookies.find(|cookie| cookie.name() == name)?;
            Some(SessionToken::from(cookie.value().to_owned()))
        })
    }

    /// The `Set-Cookie` values that sign the browser in until the session's idle lifetime ends or, if
    /// the session is not to be remembered, until the browser is closed.
    pub(super) fn sign_in(
        self,
        token: &SessionToken,
        session: &Session,
        now: Timestamp,
    ) -> Vec<String> {
        // Rounded up, since a few milliseconds have passed since the session began.
        let lasts = now.until(session.expires_at).as_millis().div_ceil(1000);
        let lasts = session.remember.then(|| i64::try_from(lasts).unwrap_or(i64::MAX));
        let mut cookies = vec![self.cookie(TOKEN, token.expose(), lasts)];
        if !session.remember {
            cookies.push(self.cookie(DONT_REMEMBER, "true", None));
        }
        cookies
    }

    /// The `Set-Cookie` values that remove everything of a session.
    pub(super) fn sign_out(self) -> Vec<String> {
        [TOKEN, DATA, DONT_REMEMBER].map(|name| self.cookie(name, "", Some(0))).into()
    }

    fn cookie(self, name: &str, value: &str, max_age: Option<i64>) -> String {
        let mut cookie = Cookie::build((self.name(name), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax);
        if self.secure {
            cookie = cookie.secure(true);
        }
        if let Some(seconds) = max_age {
            cookie = cookie.max_age(time::Duration::seconds(seconds));
        }
        cookie.to_string()
    }

    fn name(self, name: &str) -> String {
        let prefix = if self.secure { "__Secure-" } else { "" };
        format!("{prefix}better-auth.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::http::HeaderValue;

    fn token(cookies: Cookies, header: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_bytes(header.as_bytes()).unwrap());
        cookies.token(&headers).map(|token| token.expose().to_owned())
    }

    #[test]
    fn the_token_is_found_by_the_name_of_its_scheme_only() {
        let (plain, secure) = (Cookies::new(false), Cookies::new(true));
        let header = "a=1;better-auth.session_token=abc; __Secure-better-auth.session_token=def";
        assert_eq!(token(plain, header).as_deref(), Some("abc"));
        assert_eq!(token(secure, header).as_deref(), Some("def"));
        assert_eq!(token(secure, "better-auth.session_token=abc"), None);
        let foreign = "name=Jos\u{e9}; better-auth.session_token=abc";
        assert_eq!(token(plain, foreign).as_deref(), Some("abc"));
        assert_eq!(token(plain, ";;=; =x;better-auth.session_token"), None);
    }

    #[test]
    fn check_51_cookies_are_protected() {
        let cookies = Cookies::new(true).sign_out();
        assert_eq!(cookies.len(), 3);
        for cookie in cookies {
            assert!(cookie.starts_with("__Secure-better-auth."), "{cookie}");
            for attribute in ["Max-Age=0", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
                assert!(cookie.contains(attribute), "{attribute} of {cookie}");
            }
        }
        assert!(Cookies::new(false).sign_out().iter().all(|cookie| !cookie.contains("Secure")));
    }
}
