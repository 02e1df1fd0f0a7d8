use super::Origin;

/// Schemes whose URLs are code or content of the page that opens them.
const UNTRUSTED_SCHEMES: [&str; 7] =
    ["about", "blob", "data", "file", "javascript", "vbscript", "view-source"];

/// The origins whose pages may call with cookies, and may be the target of a redirect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedOrigins(Vec<Pattern>);

/// One or more origins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// This one.
    Exact(Origin),
    /// `https://*.example.com`: one label more than this, which begins with a dot.
    Subdomains(String),
    /// `myapp://`: every origin of an app's own scheme.
    Scheme(String),
}

/// Text that names no origins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "contains {0:?}, which is no origin such as https://app.example.com, https://*.example.com, \
     capacitor://localhost or myapp://"
)]
pub struct InvalidTrustedOrigin(String);

impl TrustedOrigins {
    /// Whether it contains this origin.
    pub fn contains(&self, origin: &Origin) -> bool {
        self.0.iter().any(|pattern| pattern.matches(origin))
    }

    /// The first one that a browser can open, if they name one: where people go back to.
    pub fn first_page(&self) -> Option<&Origin> {
        self.0.iter().find_map(|pattern| match pattern {
            Pattern::Exact(origin) if matches!(origin.parts().0, "https" | "http") => Some(origin),
            Pattern::Exact(_) | Pattern::Subdomains(_) | Pattern::Scheme(_) => None,
        })
    }
}

impl TryFrom<&str> for TrustedOrigins {
    type Error = InvalidTrustedOrigin;

    /// Origins separated by commas.
    fn try_from(text: &str) -> Result<Self, InvalidTrustedOrigin> {
        let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        let patterns = texts
            .map(|text| Pattern::new(text).ok_or_else(|| InvalidTrustedOrigin(text.to_owned())));
        patterns.collect::<Result<_, _>>().map(Self)
    }
}

impl Pattern {
    fn new(text: &str) -> Option<Self> {
        if let Some(parent) = text.strip_prefix("https://*.") {
            let parent = Origin::try_from(format!("https://{parent}").as_str()).ok()?;
            let (_, host) = parent.parts();
            // A wildcard below one label, as `*.com`, would trust strangers.
            let labels = host.split(':').next()?.split('.');
            let has_two = labels.clone().count() >= 2 && labels.clone().all(is_label);
            return has_two.then(|| Self::Subdomains(format!(".{host}")));
        }
        let origin = Origin::try_from(text).ok()?;
        match origin.parts() {
            (scheme, _) if UNTRUSTED_SCHEMES.contains(&scheme) => None,
            (scheme, "") => Some(Self::Scheme(scheme.to_owned())),
            _ => Some(Self::Exact(origin)),
        }
    }

    fn matches(&self, origin: &Origin) -> bool {
        match self {
            Self::Exact(one) => one == origin,
            Self::Subdomains(parent) => {
                let (scheme, host) = origin.parts();
                scheme == "https" && host.strip_suffix(parent).is_some_and(is_label)
            }
            Self::Scheme(scheme) => origin.parts().0 == scheme,
        }
    }
}

/// Whether a text is one label of a host name.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(text: &str) -> TrustedOrigins {
        TrustedOrigins::try_from(text).unwrap()
    }

    fn contains(trusted: &TrustedOrigins, url: &str) -> bool {
        trusted.contains(&Origin::of_url(url).unwrap())
    }

    #[test]
    fn people_go_back_to_the_first_page_that_is_named() {
        let all = "myapp://, capacitor://localhost, https://*.example.com, https://a.example.com, http://b";
        assert_eq!(trusted(all).first_page().unwrap().to_string(), "https://a.example.com");
        assert_eq!(trusted("myapp://,https://*.example.com").first_page(), None);
    }

    #[test]
    fn f5_each_kind_of_origin_contains_its_own_and_no_others() {
        let cases: [(&str, &[&str], &[&str]); 5] = [
            (
                "https://app.example.com",
                &["https://app.example.com"],
                &[
                    "http://app.example.com",
                    "https://app.example.com:8443",
                    "https://a.app.example.com",
                    "https://app.example.com.evil.com",
                ],
            ),
            (
                "https://*.example.com",
                &["https://app.example.com", "https://pr-7.example.com"],
                &[
                    "https://example.com",
                    "http://app.example.com",
                    "https://a.b.example.com",
                    "https://app.example.com:8443",
                    "https://evilexample.com",
                    "https://.example.com",
                    "https://-.example.com",
                    "https://example.com.evil.com",
                ],
            ),
            (
                "https://*.example.com:8443",
                &["https://app.example.com:8443"],
                &["https://app.example.com"],
            ),
            (
                "capacitor://localhost",
                &["capacitor://localhost"],
                &["capacitor://evil", "capacitor://", "ionic://localhost", "http://localhost"],
            ),
            (
                "myapp://",
                &["myapp://", "myapp://dashboard", "myapp:///dashboard"],
                &["myapps://", "my://app", "https://myapp"],
            ),
        ];
        for (text, inside, outside) in cases {
            let origins = trusted(text);
            for url in inside {
                assert!(contains(&origins, url), "{text} {url}");
            }
            for url in outside {
                assert!(!contains(&origins, url), "{text} {url}");
            }
        }
    }

    #[test]
    fn several_are_separated_by_commas() {
        let origins = trusted(" https://a.b , tauri://localhost,");
        assert!(contains(&origins, "https://a.b") && contains(&origins, "tauri://localhost"));
        assert_eq!(trusted(""), TrustedOrigins::default());
        assert!(!contains(&TrustedOrigins::default(), "https://a.b"));
    }

    #[test]
    fn f5_what_is_no_origin_is_named() {
        for text in [
            "*",
            "https://*",
            "https://*.com",
            "https://*.com:443",
            "https://*.*.example.com",
            "https://a.*.example.com",
            "https://*.example.com/path",
            "https://*..com",
            "http://*.example.com",
            "https://",
            "app.example.com",
            "https://app.example.com/path",
            "javascript://app",
            "data://",
            "file://",
            "null",
        ] {
            let error = TrustedOrigins::try_from(format!("https://a.b,{text}").as_str());
            assert_eq!(error, Err(InvalidTrustedOrigin(text.to_owned())));
        }
    }
}
