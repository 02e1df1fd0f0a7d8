use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde::Serialize;
use serde_json::{Value, json};

/// The parts of a question that were not kept, since they are no text: how many there were of each
/// type.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct IgnoredParts(BTreeMap<String, usize>);

impl IgnoredParts {
    /// Maximum types that are named; the names are the client's.
    const MAX_TYPES: usize = 10;
    /// Maximum characters of a name.
    const MAX_CHARACTERS: usize = 40;

    /// Counts a part of this type.
    pub fn count(&mut self, kind: &str) {
        let kind: String = kind.chars().take(Self::MAX_CHARACTERS).collect();
        let is_named = self.0.len() < Self::MAX_TYPES || self.0.contains_key(&kind);
        let kind = if is_named { kind } else { "other".to_owned() };
        *self.0.entry(kind).or_default() += 1;
    }

    /// Whether everything was kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the field `ignored_parts` to an object, unless everything was kept.
    pub fn add_to(&self, object: &mut Value) {
        if let Some(object) = object.as_object_mut().filter(|_| !self.is_empty()) {
            object.insert("ignored_parts".to_owned(), json!(self));
        }
    }
}

/// For example `1 file, 2 data-weather`.
impl Display for IgnoredParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> =
            self.0.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c4_ignored_parts_are_counted_by_type() {
        let mut ignored = IgnoredParts::default();
        let mut body = json!({});
        ignored.add_to(&mut body);
        assert_eq!(body, json!({}));
        for kind in ["file", "data-x", "file"] {
            ignored.count(kind);
        }
        ignored.add_to(&mut body);
        assert_eq!(body, json!({ "ignored_parts": { "file": 2, "data-x": 1 } }));
        assert_eq!(ignored.to_string(), "1 data-x, 2 file");
    }

    #[test]
    fn c4_names_of_a_client_are_bounded() {
        let mut ignored = IgnoredParts::default();
        for number in 0..100 {
            ignored.count(&format!("{number}{}", "x".repeat(1000)));
        }
        assert_eq!(ignored.0.len(), 11);
        assert_eq!(ignored.0.get("other"), Some(&90));
        assert!(ignored.0.keys().all(|kind| kind.chars().count() <= 40));
    }
}
