use std::fmt;

use serde::{Deserialize, Serialize};

/// The origin of a page or of this API (RFC 6454): scheme, host and port, as browsers write it in
/// the `Origin` header. An app's own scheme may have no host, as `myapp://`. Two origins are equal if
/// their texts are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

/// Text that is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an origin such as https://app.example.com, without a path")]
pub struct InvalidOrigin;

impl Origin {
    /// The origin of an absolute URL. `None` for any other text, and for a URL with a user or with
    /// characters that programs read in different ways, such as a backslash.
    pub fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        let authority = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
        if !is_scheme || !authority.bytes().all(allowed) {
            return None;
        }
        // Browsers leave out the default port.
        let default_port = match scheme.as_str() {
            "http" => Some(":80"),
            "https" => Some(":443"),
            _ => return Some(Self(format!("{scheme}://{authority}"))),
        };
        let bare = default_port.and_then(|port| authority.strip_suffix(port));
        let authority = bare.unwrap_or(&authority);
        if authority.is_empty()
            || bare.is_some_and(|bare| bare.ends_with(":443") || bare.ends_with(":80"))
        {
            return None;
        }
        Some(Self(format!("{scheme}://{authority}")))
    }

    /// The origin of this host name on https.
    pub fn of_host(host: &str) -> Option<Self> {
        Self::of_url(&format!("https://{host}"))
    }

    /// The origin as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The origin of a header that has nothing but an origin, written as browsers do. `None` for any
    /// other text, since it would be repeated in the response.
    pub fn of_header(text: &str) -> Option<Self> {
        let origin = Self::of_url(text)?;
        // Safari writes the host of an extension in capitals.
        let same = if origin.is_of_the_web() {
            origin.0 == text
        } else {
            origin.0.eq_ignore_ascii_case(text)
        };
        same.then_some(origin)
    }

    /// The scheme, and what follows `://`.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.0.split_once("://").unwrap_or((&self.0, ""))
    }

    /// Whether its scheme is http or https, and no app's own.
    pub(super) fn is_of_the_web(&self) -> bool {
        ["http", "https"].contains(&self.parts().0)
    }

    /// Whether its scheme is https, so that its cookies may be `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl TryFrom<&str> for Origin {
    type Error = InvalidOrigin;

    fn try_from(text: &str) -> Result<Self, InvalidOrigin> {
        let origin = Self::of_url(text).ok_or(InvalidOrigin)?;
        let rest = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let bare = rest.strip_suffix('/').unwrap_or(rest);
        if bare.contains(['/', '?', '#']) { Err(InvalidOrigin) } else { Ok(origin) }
    }
}

impl TryFrom<String> for Origin {
    type Error = InvalidOrigin;

    fn try_from(text: String) -> Result<Self, InvalidOrigin> {
        Self::try_from(text.as_str())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of_url(url: &str) -> Option<String> {
        Origin::of_url(url).map(|origin| origin.0)
    }

    #[test]
    fn of_urls() {
        let app = Some("https://app.example.com".to_owned());
        assert_eq!(of_url("https://app.example.com/a/b?c#d"), app);
        assert_eq!(of_url("HTTPS://App.Example.com:443"), app);
        assert_eq!(of_url("http://localhost:3000/"), Some("http://localhost:3000".to_owned()));
        assert_eq!(of_url("http://[::1]:3000"), Some("http://[::1]:3000".to_owned()));
        for (url, origin) in [
            ("capacitor://localhost", "capacitor://localhost"),
            ("tauri://localhost/index.html", "tauri://localhost"),
            ("exp://192.168.0.5:8081/--/", "exp://192.168.0.5:8081"),
            ("MyApp://", "myapp://"),
            ("myapp:///dashboard", "myapp://"),
            ("com.example.app://sign-in?x=1", "com.example.app://sign-in"),
        ] {
            assert_eq!(of_url(url).as_deref(), Some(origin), "{url}");
        }
        for url in [
            "",
            "null",
            "/dash",
            "//evil.com",
            "https:///path",
            "https://",
            "my app://",
            "https://app.example.com@evil.com",
            "https://evil.com\\@app.example.com",
            "https://evil.com\\.app.example.com",
            "https://b\u{fc}cher.de",
            "1x://a.b",
            "javascript:alert(1)//",
        ] {
            assert_eq!(of_url(url), None, "{url:?}");
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        assert!(
            Origin::try_from("https://a.b").is_ok() && Origin::try_from("https://a.b/").is_ok()
        );
        for text in ["https://a.b/c", "https://a.b?c", "a.b", "*", "https://*.a.b", ""] {
            assert_eq!(Origin::try_from(text), Err(InvalidOrigin), "{text:?}");
        }
    }

    #[test]
    fn f5_a_header_has_an_origin_as_browsers_write_it_and_nothing_else() {
        for text in [
            "https://a.b",
            "http://localhost:3000",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnop",
            "safari-web-extension://0A1B2C3D-0000-4000-8000-0123456789AB",
            "myapp://",
        ] {
            assert!(Origin::of_header(text).is_some(), "{text}");
        }
        for text in [
            "https://a.b/",
            "https://A.b",
            "https://a.b:443",
            "https://a.b?x",
            "capacitor://localhost/",
            "myapp:///",
            "null",
            "*",
            "",
        ] {
            assert_eq!(Origin::of_header(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_origin_is_its_own_origin(url in "\\PC{0,60}") {
            if let Some(origin) = Origin::of_url(&url) {
                prop_assert_eq!(Origin::try_from(origin.as_str()), Ok(origin));
            }
        }
    }
}
