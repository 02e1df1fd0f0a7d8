//! Bodies of Better Auth's routes: unknown fields are ignored, a wrong field is a 400 with Better
//! Auth's message, and sign-in takes HTML forms too.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::{Map, Value};

use super::body::{self, InvalidField};
use crate::problem::Problem;
use crate::text::Email;

/// Parses a JSON body. No body is treated as an empty object.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value = if bytes.is_empty() { Map::new().into() } else { body::json(bytes)? };
    typed(value)
}

/// Parses the body of an HTML form. 400 if a field is there twice, or is not UTF-8.
pub(super) fn parse_form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        // The parser writes this character for bytes that are not text, so that different passwords
        // would become the same.
        if [&name, &value].iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER)) {
            return Err(Problem::MalformedBody("a field is not UTF-8".to_owned()));
        }
        if fields.insert(name.clone().into_owned(), value.into()).is_some() {
            return Err(Problem::MalformedBody("a field appears twice".to_owned()));
        }
    }
    typed(fields.into())
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    body::typed(value).map_err(|InvalidField { pointer, detail }| {
        let detail = match (pointer.as_str(), detail.as_str()) {
            ("/email", Email::RULE) => "Invalid email address".to_owned(),
            (_, "is required") => "Invalid input: expected a value, received undefined".to_owned(),
            _ => format!("Invalid input: {detail}"),
        };
        Problem::InvalidBetterAuthField { pointer, detail }
    })
}

/// Parses an optional field that must not be `null` if it is there; for use with
/// `#[serde(default, deserialize_with = "present")]`.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Body {
        email: Email,
        #[serde(default, deserialize_with = "present")]
        remember: Option<bool>,
    }

    fn message(bytes: &[u8]) -> String {
        parse::<Body>(bytes).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_field_is_named_in_better_auths_words() {
        assert_eq!(message(b"{\"email\":\"a\"}"), "[body.email] Invalid email address");
        let missing = "[body.email] Invalid input: expected a value, received undefined";
        assert_eq!(message(b"{}"), missing);
        assert_eq!(message(b""), missing);
        assert!(
            message(b"{\"email\":\"a@b.de\",\"remember\":null}").starts_with("[body.remember]")
        );
        let body: Body = parse(b"{\"email\":\"a@b.de\",\"unknown\":1}").unwrap();
        assert_eq!(body.remember, None);
    }

    #[test]
    fn forms_are_strings_and_name_nothing_twice() {
        let body: Body = parse_form(b"email=a%2Bb%40c.de").unwrap();
        assert_eq!(body.email.as_str(), "a+b@c.de");
        let refused = parse_form::<Body>(b"email=a%40b.de&remember=false").unwrap_err();
        assert_eq!((refused.status(), refused.code()), (400, "VALIDATION_ERROR"));
        let twice = parse_form::<Body>(b"email=a%40b.de&email=c%40d.de").unwrap_err();
        assert_eq!((twice.status(), twice.code()), (400, "BAD_REQUEST"));
        let no_text = parse_form::<Body>(b"email=a%40b.de&password=%ff").unwrap_err();
        assert_eq!((no_text.status(), no_text.code()), (400, "BAD_REQUEST"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (parse::<Body>(&bytes), parse_form::<Body>(&bytes));
        }
    }
}
