//! The parameters of a query or of a form.

use std::collections::BTreeMap;

/// What a log or a test must not see.
const SECRETS: [&str; 4] = ["client_secret", "code", "code_verifier", "refresh_token"];

/// Parameters by name. One without a value is none (RFC 6749, section 3.1).
#[derive(Default)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads `name=value&…`; none if a name is there twice, which RFC 6749, section 3.1 forbids.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut found = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text).filter(|(_, value)| !value.is_empty()) {
            if found.insert(name.into_owned(), value.into_owned()).is_some() {
                return None;
            }
        }
        Some(Self(found))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value, or the empty text.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All of them, with a word for each secret.
    pub(super) fn without_secrets(&self) -> BTreeMap<String, String> {
        let hidden = |name: &str| SECRETS.contains(&name).then(|| "hidden".to_owned());
        let of = |(name, value): (&String, &String)| {
            (name.clone(), hidden(name).unwrap_or_else(|| value.clone()))
        };
        self.0.iter().map(of).collect()
    }
}

/// `uri` with these parameters more.
pub(super) fn extended(uri: &str, parameters: &[(&str, &str)]) -> String {
    let joint = if uri.contains('?') { '&' } else { '?' };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    format!("{uri}{joint}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_parameter_is_refused_and_an_empty_one_is_none() {
        let read = Parameters::parse(b"a=1+2&b=&code=x&state=%2F").unwrap();
        assert_eq!((read.get("a"), read.get("b"), read.text("b")), (Some("1 2"), None, ""));
        assert_eq!(read.without_secrets()["code"], "hidden");
        assert_eq!(read.without_secrets()["state"], "/");
        assert!(Parameters::parse(b"a=1&a=1").is_none());
        assert_eq!(extended("http://a/b?c=d", &[("e", "f g")]), "http://a/b?c=d&e=f+g");
    }
}
