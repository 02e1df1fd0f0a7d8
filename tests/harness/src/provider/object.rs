//! JSON objects that are made member by member.

use serde_json::{Map, Value};

#[derive(Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Adds a member, or replaces it.
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Adds a member if there is a value.
    pub(super) fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    pub(super) fn value(self) -> Value {
        Value::Object(self.0)
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Object {
    fn from(members: [(&str, Value); N]) -> Self {
        Self(members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
    }
}
