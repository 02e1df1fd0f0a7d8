//! Bodies: they are parsed as strict JSON first, then as the type that the route needs.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};
use serde_path_to_error::Segment;

use crate::problem::Problem;

/// Parses a body. 400 if it is not JSON or an object has a key twice; 422 with the wrong field if it
/// is not a `T`.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    typed(json(bytes)?)
        .map_err(|InvalidField { pointer, detail }| Problem::InvalidField { pointer, detail })
}

/// A JSON value in which no object has a key twice; 400 for any other body.
pub(super) fn json(bytes: &[u8]) -> Result<Value, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    Strict
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| Problem::MalformedBody(error.to_string()))
}

/// Parses a body, and keeps in memory only what a `T` keeps. 400 if the body is not JSON or has a
/// field of `T` twice; 422 with the wrong field if it is not a `T`.
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
    /// The field as a JSON pointer (RFC 6901).
    pub(super) pointer: String,
    /// What it must be.
    pub(super) detail: String,
}

/// The value as a `T`, or the field that is wrong. Serde writes the name of a missing or unknown
/// field into its message only, between backticks.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, InvalidField> {
    serde_path_to_error::deserialize(value).map_err(invalid_field)
}

fn invalid_field(error: serde_path_to_error::Error<serde_json::Error>) -> InvalidField {
    let path: Vec<String> = error.path().iter().filter_map(key).collect();
    let error = error.into_inner();
    let message = error.to_string();
    // When serde reads from text, the message ends with the position in it.
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&position).unwrap_or(&message);
    let named = |start| message.strip_prefix(start).and_then(|rest: &str| rest.split('`').next());
    let (name, detail) = if let Some(name) = named("missing field `") {
        (Some(name), "is required".to_owned())
    } else if let Some(name) = named("unknown field `") {
        let in_path =
            path.last().is_some_and(|key| message.starts_with(&format!("unknown field `{key}`")));
        ((!in_path).then_some(name), "is not known here".to_owned())
    } else {
        (None, without_value(message))
    };
    let keys = path.iter().map(String::as_str).chain(name);
    InvalidField { pointer: keys.map(escaped).collect(), detail }
}

fn key(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => Some(key.clone()),
        Segment::Unknown => None,
    }
}

/// One step of a JSON pointer (RFC 6901 §3).
fn escaped(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What serde says about a wrong value, without the value itself: it may be a secret, or long.
fn without_value(detail: &str) -> String {
    let repeats = ["invalid type: ", "invalid value: ", "unknown variant "];
    match detail.rsplit_once(", expected ") {
        Some((_, expected)) if repeats.iter().any(|start| detail.starts_with(start)) => {
            format!("must be {expected}")
        }
        _ => detail.to_owned(),
    }
}

/// Reads any JSON value, and refuses an object that has a key twice: programs differ in which of the
/// two values they take (RFC 8259 §4).
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
    use std::collections::HashMap;

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

    fn problem(text: &str) -> (u16, String) {
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
            assert_eq!(problem(text).0, 400, "{text:.60}");
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
            assert_eq!(problem(text), (422, pointer.to_owned()), "{text}");
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        #[serde(rename = "items", default)]
        _items: Vec<Inner>,
        #[serde(rename = "named", default)]
        _named: HashMap<String, u8>,
        #[serde(rename = "number", default)]
        _number: Option<Inner>,
    }

    #[test]
    fn pointers_are_those_of_rfc_6901() {
        for (text, expected) in [
            ("{\"items\":[{\"number\":1},{\"number\":\"a\"}]}", "/items/1/number"),
            ("{\"items\":[{}]}", "/items/0/number"),
            ("{\"items\":[7]}", "/items/0"),
            ("{\"named\":{\"a.b\":\"c\"}}", "/named/a.b"),
            ("{\"named\":{\"a/b~c\":\"d\"}}", "/named/a~1b~0c"),
            ("{\"number\":{}}", "/number/number"),
            ("{\"m/n~\":1}", "/m~1n~0"),
            ("{\"m`n\":1}", "/m`n"),
            ("7", ""),
        ] {
            let Err(Problem::InvalidField { pointer, .. }) = parse::<List>(text.as_bytes()) else {
                panic!("{text} is a list");
            };
            assert_eq!(pointer, expected, "{text}");
            let Err(Problem::InvalidField { pointer, .. }) = read::<List>(text.as_bytes()) else {
                panic!("{text} is a list");
            };
            assert_eq!(pointer, expected, "{text}");
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
