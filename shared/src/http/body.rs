//! Bodies: they are parsed as strict JSON first, then as the type that the route needs.

mod fault;
mod strict;
mod surrogates;
mod typed;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) use fault::Fault;
use strict::Strict;
use typed::Node;

use crate::problem::Problem;

/// What some editors and programs write before a text in UTF-8. RFC 8259 §8.1 allows to ignore it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Parses a body. 400 if it is not JSON or an object has a key twice; 422 with the wrong field if it
/// is not a `T`.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    typed(json(bytes)?)
}

/// The same for a text that people read: where it was cut in the middle of a character, it gets
/// U+FFFD.
pub(super) fn parse_cut_text<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    parse(&surrogates::replaced(bytes))
}

/// A JSON value in which no object has a key twice; 400 for any other body.
pub(super) fn json(bytes: &[u8]) -> Result<Value, Problem> {
    Strict::read(without_mark(bytes)).map_err(|error| Problem::MalformedBody(error.to_string()))
}

/// A body as text that need not be JSON, with U+FFFD where JSON names half of a character; 400 if it
/// is not UTF-8.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    let malformed = |error: &dyn std::error::Error| Problem::MalformedBody(error.to_string());
    match surrogates::replaced(without_mark(bytes)) {
        Cow::Borrowed(bytes) => {
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| malformed(&error))
        }
        Cow::Owned(bytes) => {
            String::from_utf8(bytes).map(Cow::Owned).map_err(|error| malformed(&error))
        }
    }
}

/// The value as a `T`; 422 with the wrong field if it is not one.
pub fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    of_json(value).map_err(|fault| Problem::InvalidField {
        pointer: fault.pointer(),
        detail: fault.into_rule(),
    })
}

/// The value as a `T`, or the field that is wrong.
pub(super) fn of_json<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    T::deserialize(Node::of_json(value))
}

/// The fields of an HTML form, which are all text, as a `T`, or the field that is wrong.
pub(super) fn of_form<T: DeserializeOwned>(fields: Value) -> Result<T, Fault> {
    T::deserialize(Node::of_form(fields))
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

#[cfg(test)]
mod tests;
