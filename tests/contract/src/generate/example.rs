//! A value that a JSON schema accepts, for event skeletons.

use serde_json::{Map, Value, json};

use crate::openapi::OpenApi;

/// The example that the media type or its schema gives, or one made from the schema's required fields.
pub fn of_media(openapi: &OpenApi, media: &Value) -> Value {
    let named = || {
        let first = media.get("examples")?.as_object()?.values().next()?;
        openapi.resolve(first).get("value")
    };
    media
        .get("example")
        .or_else(named)
        .cloned()
        .unwrap_or_else(|| of_schema(openapi, media.get("schema").unwrap_or(&Value::Null)))
}

/// A value for a schema: its example, constant, first choice, default, or one of its type.
pub fn of_schema(openapi: &OpenApi, schema: &Value) -> Value {
    let schema = openapi.resolve(schema);
    let first = |name: &str| schema.get(name)?.as_array()?.first();
    let given = schema
        .get("example")
        .or_else(|| first("examples"))
        .or_else(|| schema.get("const"))
        .or_else(|| first("enum"))
        .or_else(|| schema.get("default"));
    if let Some(value) = given {
        return value.clone();
    }
    if let Some(choice) = first("oneOf").or_else(|| first("anyOf")) {
        return of_schema(openapi, choice);
    }
    match type_of(schema) {
        "object" => object(openapi, schema),
        "array" => json!([]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "string" => text(schema),
        _ => Value::Null,
    }
}

fn object(openapi: &OpenApi, schema: &Value) -> Value {
    let fields = openapi.required(schema).into_iter().map(|name| {
        let value = openapi
            .property(schema, &name)
            .map_or(Value::Null, |property| of_schema(openapi, property));
        (name, value)
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

/// The schema's type; the first one that is not null where it lists several.
fn type_of(schema: &Value) -> &str {
    let named = match schema.get("type") {
        Some(Value::String(name)) => Some(name.as_str()),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null")
        }
        _ => None,
    };
    named.unwrap_or(if schema.get("properties").is_some() || schema.get("allOf").is_some() {
        "object"
    } else {
        ""
    })
}

fn text(schema: &Value) -> Value {
    let text = match schema.get("format").and_then(Value::as_str) {
        Some("email") => "ada@example.com",
        Some("password") => "correct horse battery staple",
        Some("date-time") => "2026-01-01T00:00:00.000Z",
        _ => "example",
    };
    let shortest = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0);
    let missing = usize::try_from(shortest).unwrap_or(0).saturating_sub(text.len());
    Value::String(format!("{text}{}", "x".repeat(missing)))
}
