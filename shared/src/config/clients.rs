//! Whose pages may call, what they may send, and what clients and other services get to know.

use super::{ConfigError, is_true, optional};
use crate::text::TrustedOrigins;

/// Headers that pages may always send, since routes read them.
const OWN_HEADERS: [&str; 4] = ["authorization", "content-type", "idempotency-key", "expo-origin"];

/// What pages of other origins may do, and what clients and other services get to know.
#[derive(Debug, Clone, Default)]
pub struct ClientsConfig {
    /// The origins of pages that may call with cookies.
    pub trusted: TrustedOrigins,
    /// The headers that these pages may send, separated by commas.
    pub allowed_headers: String,
    /// Whether `session.token` is the token also for callers with a cookie.
    pub session_token_readable: bool,
    /// Whether tokens for other services contain an address that is not verified.
    pub unverified_email_in_tokens: bool,
}

impl ClientsConfig {
    /// Reads the environment.
    pub(super) fn from_env() -> Result<Self, ConfigError> {
        const ORIGINS: &str = "TRUSTED_ORIGINS";
        const HEADERS: &str = "CORS_ALLOWED_HEADERS";
        let invalid = |name, rule: String| ConfigError::Invalid { name, rule };
        let trusted = TrustedOrigins::try_from(optional(ORIGINS)?.unwrap_or_default().as_str());
        let headers = allowed_headers(&optional(HEADERS)?.unwrap_or_default());
        Ok(Self {
            trusted: trusted.map_err(|error| invalid(ORIGINS, error.to_string()))?,
            allowed_headers: headers.map_err(|rule| invalid(HEADERS, rule))?,
            session_token_readable: is_true("SESSION_TOKEN_READABLE")?,
            unverified_email_in_tokens: is_true("UNVERIFIED_EMAIL_IN_TOKENS")?,
        })
    }
}

/// Our own headers, and those of a list.
fn allowed_headers(text: &str) -> Result<String, String> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let mut headers: Vec<String> = OWN_HEADERS.map(str::to_owned).into();
    for name in names.map(str::to_ascii_lowercase) {
        // A browser takes `*` for a header of that name if the call has credentials.
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
            return Err(format!("contains {name:?}, which is no name of a header"));
        }
        if !headers.contains(&name) {
            headers.push(name);
        }
    }
    Ok(headers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f5_other_headers_are_added_to_our_own() {
        let own = OWN_HEADERS.join(",");
        assert_eq!(allowed_headers("").as_deref(), Ok(own.as_str()));
        let both = allowed_headers(" Sentry-Trace, baggage,,Authorization ");
        assert_eq!(both, Ok(format!("{own},sentry-trace,baggage")));
        for text in ["*", "a b", "a\r\nb", "x:y", "\u{e4}"] {
            assert!(allowed_headers(text).is_err(), "{text:?}");
        }
    }
}
