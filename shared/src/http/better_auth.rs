//! Bodies of Better Auth's routes: unknown fields are ignored, a wrong field is a 400 with Better
//! Auth's message, and sign-in takes HTML forms too.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Map;

use super::body::{self, Fault};
use crate::problem::Problem;
use crate::text::Email;

/// Parses a JSON body. No body is treated as an empty object.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value = if bytes.is_empty() { Map::new().into() } else { body::json(bytes)? };
    body::of_json(value).map_err(problem)
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
    body::of_form(fields.into()).map_err(problem)
}

fn problem(fault: Fault) -> Problem {
    let (pointer, rule) = (fault.pointer(), fault.into_rule());
    let detail = match (pointer.as_str(), rule.as_str()) {
        ("/email", Email::RULE) => "Invalid email address".to_owned(),
        (_, "is required") => "Invalid input: expected a value, received undefined".to_owned(),
        _ => format!("Invalid input: {rule}"),
    };
    Problem::InvalidBetterAuthField { pointer, detail }
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
    use crate::model::SoftwareLevel;
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
        let twice = parse_form::<Body>(b"email=a%40b.de&email=c%40d.de").unwrap_err();
        assert_eq!((twice.status(), twice.code()), (400, "BAD_REQUEST"));
        let no_text = parse_form::<Body>(b"email=a%40b.de&password=%ff").unwrap_err();
        assert_eq!((no_text.status(), no_text.code()), (400, "BAD_REQUEST"));
    }

    /// `remember` is a boolean in JSON, and in a form the text that a browser or a script sends.
    #[test]
    fn b6_forms_say_true_and_false_as_text() {
        for (text, expected) in
            [("true", true), ("on", true), ("false", false), ("off", false), ("", false)]
        {
            let form = format!("email=a%40b.de&remember={text}");
            let body: Body = parse_form(form.as_bytes()).unwrap();
            assert_eq!(body.remember, Some(expected), "{text}");
            let json = format!("{{\"email\":\"a@b.de\",\"remember\":\"{text}\"}}");
            assert_eq!(
                message(json.as_bytes()),
                "[body.remember] Invalid input: must be true or false"
            );
        }
        let refused = parse_form::<Body>(b"email=a%40b.de&remember=perhaps").unwrap_err();
        assert_eq!((refused.status(), refused.code()), (400, "VALIDATION_ERROR"));
        assert_eq!(refused.to_string(), "[body.remember] Invalid input: must be true or false");
        let absent: Body = parse_form(b"email=a%40b.de").unwrap();
        assert_eq!(absent.remember, None);
    }

    /// A page sends a field that was left empty.
    #[test]
    fn b6_an_empty_field_of_a_form_is_no_value() {
        #[derive(Deserialize)]
        struct Form {
            level: Option<SoftwareLevel>,
        }
        let body: Form = parse_form(b"level=").unwrap();
        assert_eq!(body.level, None);
        let body: Form = parse_form(b"level=beginner").unwrap();
        assert_eq!(body.level, Some(SoftwareLevel::Beginner));
        assert!(parse::<Form>(b"{\"level\":\"\"}").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (parse::<Body>(&bytes), parse_form::<Body>(&bytes));
        }
    }
}
