//! Bodies: strict JSON first, then the request's own type.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use crate::problem::Problem;

/// Parses a body: 400 unless it is JSON that names no key twice, 422 naming the field unless it
/// is a `T`.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    typed(json(bytes)?)
        .map_err(|InvalidField { pointer, detail }| Problem::InvalidField { pointer, detail })
}

/// A JSON value whose objects name no key twice; 400 for any other body.
pub(super) fn json(bytes: &[u8]) -> Result<Value, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    Strict
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| Problem::MalformedBody(error.to_string()))
}

/// Parses a body without keeping what a `T` doesn't: 400 unless it is JSON that names no key of it
/// twice, 422 naming the field unless it is a `T`.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let malformed = |error: &dyn fmt::Display| Problem::MalformedBody(error.to_string());
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(&error))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(parsed) => parsed,
        Err(error) if error.inner().classify() == Category::Data => {
            let InvalidField { pointer, detail } = invalid_field(error);
            if detail.starts_with("duplicate field") {
                return Err(Problem::MalformedBody(detail));
            }
            return Err(Problem::InvalidField { pointer, detail });
        }
        Err(error) => return Err(malformed(error.inner())),
    };
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(parsed)
}

/// A field that breaks its rule.
pub(super) struct InvalidField {
    /// The field as a JSON pointer.
    pub(super) pointer: String,
    /// What it must be.
    pub(super) detail: String,
}

/// The value as a `T`, or the field that makes it none. Serde names a field that is missing or
/// unknown in its message only, between backticks.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, InvalidField> {
    serde_path_to_error::deserialize(value).map_err(invalid_field)
}

fn invalid_field(error: serde_path_to_error::Error<serde_json::Error>) -> InvalidField {
    let path = error.path().to_string();
    let error = error.into_inner();
    let detail = error.to_string();
    // Where in a text it is, if it is read from one.
    let place = format!(" at line {} column {}", error.line(), error.column());
    let detail = detail.strip_suffix(&place).unwrap_or(&detail);
    let mut pointer = String::new();
    if path != "." {
        for part in path.split('.') {
            pointer = format!("{pointer}/{part}");
        }
    }
    let named = |start| detail.strip_prefix(start).and_then(|rest: &str| rest.split('`').next());
    let (name, detail) = if let Some(name) = named("missing field `") {
        (Some(name), "is required".to_owned())
    } else if let Some(name) = named("unknown field `") {
        (Some(name), "is not known here".to_owned())
    } else {
        (None, without_value(detail))
    };
    if let Some(name) = name
        && !pointer.ends_with(&format!("/{name}"))
    {
        pointer = format!("{pointer}/{name}");
    }
    InvalidField { pointer, detail }
}

/// What serde says of a wrong value, without the value: that may be a secret, or long.
fn without_value(detail: &str) -> String {
    let repeats = ["invalid type: ", "invalid value: ", "unknown variant "];
    match detail.rsplit_once(", expected ") {
        Some((_, expected)) if repeats.iter().any(|start| detail.starts_with(start)) => {
            format!("must be {expected}")
        }
        _ => detail.to_owned(),
    }
}

/// Reads any JSON value, and refuses objects that name a key twice: programs differ in which of
/// the two they take (RFC 8259 §4).
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Strict)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if values.contains_key(&key) {
                return Err(A::Error::custom("a key appears twice"));
            }
            values.insert(key, map.next_value_seed(Strict)?);
        }
        Ok(values.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[serde(rename = "text")]
        _text: String,
        #[serde(rename = "inner", default)]
        _inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        #[serde(rename = "number")]
        _number: u8,
    }

    fn refusal(text: &str) -> (u16, String) {
        let problem = parse::<Body>(text.as_bytes()).unwrap_err();
        let pointer = match &problem {
            Problem::InvalidField { pointer, .. } => pointer.clone(),
            _ => String::new(),
        };
        (problem.status(), pointer)
    }

    #[test]
    fn malformed_bodies_are_400() {
        let deep = "[".repeat(10_000);
        for text in [
            "",
            "{",
            "nope",
            "{\"text\":\"a\"} x",
            "{\"text\":\"\\ud800\"}",
            "{\"text\":1e400}",
            "{\"text\":NaN}",
            "{\"text\":\"a\",\"text\":\"b\"}",
            "{\"text\":\"a\",\"inner\":{\"number\":1,\"number\":2}}",
            &deep,
        ] {
            assert_eq!(refusal(text).0, 400, "{text:.60}");
        }
        assert_eq!(parse::<Body>(b"{\"text\":\"\xff\"}").unwrap_err().status(), 400);
        assert_eq!(parse::<Body>(b"\xef\xbb\xbf{\"text\":\"a\"}").unwrap_err().status(), 400);
    }

    #[test]
    fn a_wrong_field_is_named() {
        for (text, pointer) in [
            ("{}", "/text"),
            ("{\"text\":1}", "/text"),
            ("{\"text\":null}", "/text"),
            ("{\"text\":\"a\",\"more\":1}", "/more"),
            ("{\"text\":\"a\",\"inner\":{}}", "/inner/number"),
            ("{\"text\":\"a\",\"inner\":{\"number\":256}}", "/inner/number"),
            ("[]", ""),
            ("null", ""),
        ] {
            assert_eq!(refusal(text), (422, pointer.to_owned()), "{text}");
        }
    }

    #[test]
    fn check_38_a_wrong_value_is_not_repeated() {
        for text in ["{\"text\":12345}", "{\"text\":[12345]}", "{\"text\":{\"12345\":1}}"] {
            let Err(Problem::InvalidField { detail, .. }) = parse::<Body>(text.as_bytes()) else {
                panic!("{text} was accepted");
            };
            assert_eq!(detail, "must be a string", "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse::<Body>(&bytes);
        }
    }
}
