use std::collections::HashMap;

use crate::store::error::StoreError;
use crate::store::item::AttributeValue;

/// The names (`#ttl`) and values (`:now`) that the expressions of a request use.
#[derive(Debug, Clone, Default)]
pub(super) struct Placeholders {
    names: Names,
    values: Values,
    /// A placeholder that was given two meanings.
    ambiguous: Option<String>,
}

pub(super) type Names = HashMap<String, String>;
pub(super) type Values = HashMap<String, AttributeValue>;

impl Placeholders {
    /// Lets `name` stand for an attribute.
    pub(super) fn name(&mut self, name: &str, attribute: &str) {
        let earlier = self.names.insert(name.to_owned(), attribute.to_owned());
        if earlier.is_some_and(|earlier| earlier != attribute) {
            self.ambiguous = Some(name.to_owned());
        }
    }

    /// Lets `name` stand for a value.
    pub(super) fn value(&mut self, name: &str, value: AttributeValue) {
        if self.values.get(name).is_some_and(|earlier| *earlier != value) {
            self.ambiguous = Some(name.to_owned());
        }
        self.values.insert(name.to_owned(), value);
    }

    /// Adds those of another expression of the same request.
    pub(super) fn merge(&mut self, other: Self) {
        other.names.iter().for_each(|(name, attribute)| self.name(name, attribute));
        other.values.into_iter().for_each(|(name, value)| self.value(&name, value));
        self.ambiguous = self.ambiguous.take().or(other.ambiguous);
    }

    /// All names and values, as a request takes them: an empty map is malformed. An error if one was
    /// given two meanings.
    pub(super) fn into_maps(self) -> Result<(Option<Names>, Option<Values>), StoreError> {
        if let Some(name) = self.ambiguous {
            return Err(StoreError::rejected(format!("{name} has two meanings in one write")));
        }
        let names = (!self.names.is_empty()).then_some(self.names);
        let values = (!self.values.is_empty()).then_some(self.values);
        Ok((names, values))
    }
}
