//! The cookies of a session, under Better Auth's names.

use cookie::{Cookie, SameSite};
use lambda_http::http::header::{COOKIE, HeaderMap};

use crate::auth::SessionToken;
use crate::clock::Timestamp;
use crate::id::StateId;
use crate::model::{OAuthState, Session};

const TOKEN: &str = "session_token";
/// What binds a sign-in at a provider to the browser that began it.
const STATE: &str = "state";
/// Means that the session ends when the browser is closed.
const DONT_REMEMBER: &str = "dont_remember";
/// Better Auth may have set this one earlier. It is cleared with the others.
const DATA: &str = "session_data";
/// Maximum sign-ins at providers that a browser has begun, the latest ones.
const MAX_STATES: usize = 4;
/// Maximum session cookies of a request that are verified.
const MAX_TOKENS: usize = 8;

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

    /// The tokens in the session cookies of a request. There may be several: another program of the
    /// host or of a parent domain may have set one of the same name. Those that can't be ours are left
    /// out. API Gateway may join cookies with `;` and no space.
    pub(super) fn tokens(self, headers: &HeaderMap) -> Vec<SessionToken> {
        let name = self.name(TOKEN);
        let mut tokens: Vec<SessionToken> = Vec::new();
        for header in headers.get_all(COOKIE) {
            // Another cookie may contain any bytes. They must not hide ours.
            let text = String::from_utf8_lossy(header.as_bytes());
            let cookies = Cookie::split_parse(text.as_ref()).filter_map(Result::ok);
            for cookie in cookies.filter(|cookie| cookie.name() == name) {
                let token = SessionToken::from(cookie.value_trimmed().to_owned());
                let is_new = tokens.iter().all(|known| known.expose() != token.expose());
                if is_new && token.has_our_header() && tokens.len() < MAX_TOKENS {
                    tokens.push(token);
                }
            }
        }
        tokens
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

    /// The states in the cookies of a request, each of a sign-in at a provider that has begun.
    pub(super) fn states(self, headers: &HeaderMap) -> Vec<String> {
        let name = self.name(STATE);
        let mut states = Vec::new();
        for header in headers.get_all(COOKIE) {
            let text = String::from_utf8_lossy(header.as_bytes());
            let cookies = Cookie::split_parse(text.as_ref()).filter_map(Result::ok);
            for cookie in cookies.filter(|cookie| cookie.name() == name).take(MAX_TOKENS) {
                states.extend(cookie.value_trimmed().split('.').map(str::to_owned));
            }
        }
        states
    }

    /// The `Set-Cookie` value that binds a sign-in at a provider to this browser, beside the `others` that
    /// have begun in it, as in another tab.
    pub(super) fn begin_oauth(self, state: &StateId, others: &[String]) -> String {
        let others = others.iter().map(String::as_str).filter(|other| *other != state.as_str());
        self.states_cookie([state.as_str()].into_iter().chain(others))
    }

    /// The `Set-Cookie` value that keeps the `others` only.
    pub(super) fn end_oauth(self, state: &str, others: &[String]) -> String {
        self.states_cookie(others.iter().map(String::as_str).filter(|other| *other != state))
    }

    fn states_cookie<'a>(self, states: impl Iterator<Item = &'a str>) -> String {
        // What is not a state of ours was set by somebody else.
        let ours = states.filter(|state| StateId::try_from((*state).to_owned()).is_ok());
        let states: Vec<&str> = ours.take(MAX_STATES).collect();
        let lasts = i64::try_from(OAuthState::LIFETIME.as_secs()).unwrap_or(i64::MAX);
        self.cookie(STATE, &states.join("."), Some(if states.is_empty() { 0 } else { lasts }))
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
    use crate::auth::{Issuer, SigningKey};
    use crate::id::UserId;
    use crate::model::Client;
    use lambda_http::http::HeaderValue;

    fn signed() -> String {
        let now = Timestamp::from_milliseconds(1_800_000_000_000);
        let key = SigningKey::generate(1, now, now).unwrap();
        let session = Session::begin(UserId::random(), 1, now, Client::default(), true);
        let token = SessionToken::mint(&session, &Issuer("tessera".to_owned()), &key).unwrap();
        token.expose().to_owned()
    }

    fn tokens(cookies: Cookies, lines: &[&[u8]]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        cookies.tokens(&headers).iter().map(|token| token.expose().to_owned()).collect()
    }

    #[test]
    fn a_token_is_found_by_the_name_of_its_scheme_only() {
        let (plain, secure, one, two) =
            (Cookies::new(false), Cookies::new(true), signed(), signed());
        let header = format!(
            "a=1;better-auth.session_token={one}; __Secure-better-auth.session_token=\"{two}\""
        );
        assert_eq!(tokens(plain, &[header.as_bytes()]), [one.as_str()]);
        assert_eq!(tokens(secure, &[header.as_bytes()]), [two.as_str()]);
        let other = format!("better-auth.session_token={one}");
        assert!(tokens(secure, &[other.as_bytes()]).is_empty());
        assert!(tokens(plain, &[b";;=; =x;better-auth.session_token"]).is_empty());
    }

    #[test]
    fn f1_every_cookie_of_the_name_that_can_be_ours_is_found() {
        let (one, two) = (signed(), signed());
        let first = format!("better-auth.session_token={one}");
        let foreign = "better-auth.session_token=nwiMvPCr.GtHFn43%3D";
        let both =
            format!("{foreign}; {first}; {foreign}; better-auth.session_token={two}; {first}");
        assert_eq!(tokens(Cookies::new(false), &[both.as_bytes()]), [one.clone(), two.clone()]);
        // In two lines, and beside bytes that are not UTF-8.
        let lines = [b"n=Jos\xe9".as_slice(), first.as_bytes()];
        assert_eq!(tokens(Cookies::new(false), &lines), [one.as_str()]);
        let line = [b"n=Jos\xe9; ".as_slice(), first.as_bytes()].concat();
        assert_eq!(tokens(Cookies::new(false), &[&line]), [one.as_str()]);
        let many: Vec<String> =
            (0..20).map(|_| format!("better-auth.session_token={}", signed())).collect();
        assert_eq!(tokens(Cookies::new(false), &[many.join("; ").as_bytes()]).len(), MAX_TOKENS);
    }

    #[test]
    fn a_state_is_found_by_the_name_of_its_scheme_and_protected() {
        let (cookies, state) = (Cookies::new(true), StateId::random());
        let line = cookies.begin_oauth(&state, &[]);
        for attribute in ["Max-Age=600", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
            assert!(line.contains(attribute), "{attribute} of {line}");
        }
        let mut headers = HeaderMap::new();
        let sent = format!("better-auth.state=x; __Secure-better-auth.state={state}");
        headers.append(COOKIE, HeaderValue::from_str(&sent).unwrap());
        assert_eq!(cookies.states(&headers), [state.as_str()]);
        assert!(cookies.end_oauth(state.as_str(), &[state.to_string()]).contains("Max-Age=0"));
    }

    #[test]
    fn a_browser_may_begin_in_several_tabs() {
        let cookies = Cookies::new(false);
        let mut kept: Vec<String> = vec!["planted".to_owned()];
        let states: Vec<StateId> = (0..6).map(|_| StateId::random()).collect();
        for state in &states {
            let line = cookies.begin_oauth(state, &kept);
            let value = line.split(['=', ';']).nth(1).unwrap();
            kept = value.split('.').map(str::to_owned).collect();
        }
        let latest: Vec<&str> = states.iter().rev().take(4).map(StateId::as_str).collect();
        assert_eq!(kept, latest);
        let left = cookies.end_oauth(latest[1], &kept);
        assert!(left.contains(&[latest[0], latest[2], latest[3]].join(".")), "{left}");
        assert!(left.contains("Max-Age=600"));
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
