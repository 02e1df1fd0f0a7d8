//! A template as a tree of values.

use serde_json::Value;

/// A value, and every value in it, however deep.
pub fn nodes(value: &Value) -> Vec<&Value> {
    let inner: Vec<&Value> = match value {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(values) => values.iter().collect(),
        _ => Vec::new(),
    };
    std::iter::once(value).chain(inner.into_iter().flat_map(nodes)).collect()
}
