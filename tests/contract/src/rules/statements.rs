//! The statements of every policy in a template.

use serde_json::Value;

use super::tree::nodes;

/// Every statement, wherever it stands.
pub fn of(document: &Value) -> Vec<&Value> {
    nodes(document).into_iter().filter(|node| node.get("Effect").is_some()).collect()
}

/// One value, or a list of them, as texts; a reference as its JSON.
pub fn texts(value: Option<&Value>) -> Vec<String> {
    let values = match value {
        Some(Value::Array(values)) => values.iter().collect(),
        Some(single) => vec![single],
        None => Vec::new(),
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.into_iter().map(text).collect()
}
