//! The statements of every policy in a template.

use serde_json::Value;

/// Every statement, wherever it stands.
pub fn of(document: &Value) -> Vec<&Value> {
    let mut statements = Vec::new();
    collect(document, &mut statements);
    statements
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

fn collect<'a>(value: &'a Value, statements: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("Effect") {
                statements.push(value);
            }
            for value in fields.values() {
                collect(value, statements);
            }
        }
        Value::Array(values) => {
            for value in values {
                collect(value, statements);
            }
        }
        _ => {}
    }
}
