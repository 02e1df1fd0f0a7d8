use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

/// Why a value is not what a route needs: the field, and the rule that it breaks. The value itself is
/// left out: it may be a secret, or long.
#[derive(Debug)]
pub struct Fault {
    /// The keys that lead to the field, the innermost first.
    path: Vec<String>,
    rule: String,
}

impl Fault {
    /// A value that is not `what`.
    pub(super) fn must_be(what: &str) -> Self {
        Self::custom(format_args!("must be {what}"))
    }

    /// The same in the value under a key, or at an index.
    #[must_use]
    pub(super) fn within(mut self, key: impl Display) -> Self {
        self.path.push(key.to_string());
        self
    }

    /// The field as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let escaped = |key: &String| format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        self.path.iter().rev().map(escaped).collect()
    }

    /// What the field must be: the end of a sentence that begins with its name.
    pub fn into_rule(self) -> String {
        self.rule
    }
}

/// The words of JSON for what serde expects in the words of Rust.
fn words(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    let words = match expected.as_str() {
        "a string" | "a borrowed string" | "a character" => "text",
        "a boolean" => "true or false",
        "f32" | "f64" => "a number",
        "unit" => "null",
        "a map" => "an object",
        "a sequence" => "a list",
        integer if is_integer(integer) => "a whole number",
        // Types of our own say it in words for people.
        _ => return expected,
    };
    words.to_owned()
}

fn is_integer(expected: &str) -> bool {
    let bits = expected.strip_prefix(['i', 'u']);
    bits.is_some_and(|bits| ["8", "16", "32", "64", "128", "size"].contains(&bits))
}

/// Names as a person lists them: `"a", "b" or "c"`.
fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.as_slice() {
        [] => "left out".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

impl Error for Fault {
    fn custom<T: Display>(rule: T) -> Self {
        Self { path: Vec::new(), rule: rule.to_string() }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::must_be(&words(expected))
    }

    fn invalid_value(value: Unexpected<'_>, expected: &dyn Expected) -> Self {
        if !is_integer(&expected.to_string()) {
            return Self::must_be(&words(expected));
        }
        // It is a whole number, but not in the range of its type.
        match value {
            Unexpected::Signed(..0) => Self::must_be("a whole number from 0 on"),
            _ => Self::must_be("a smaller whole number"),
        }
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::must_be(&words(expected))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::must_be(&one_of(expected))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::custom("is not known here").within(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom("is required").within(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::custom("must be there once").within(field)
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rule)
    }
}

impl std::error::Error for Fault {}
