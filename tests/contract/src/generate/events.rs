//! A first event for a function that has none.

use super::example;
use super::formats::Request;
use crate::openapi::OpenApi;
use crate::project::Project;
use harness::template::{Api, Auth, Function, Route};
use serde_json::{Map, Value, json};

/// The event's text for a function.
pub fn skeleton(project: &Project, function: &Function) -> String {
    let event = match function.routes.first() {
        Some(route) => request(&project.openapi, function.auth, route),
        None => background(function),
    };
    format!("{event:#}\n")
}

fn request(openapi: &OpenApi, auth: Auth, route: &Route) -> Value {
    let operation = openapi.operation(&route.method, &route.path);
    let mut path = route.path.clone();
    let mut parameters = Map::new();
    for (name, parameter) in
        operation.map(|operation| openapi.path_parameters(operation)).unwrap_or_default()
    {
        let value = match example::of_media(openapi, parameter) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        path = path.replace(&format!("{{{name}}}"), &value);
        parameters.insert(name.to_owned(), Value::String(value));
    }
    let mut headers = Map::from_iter([
        ("accept".to_owned(), json!("*/*")),
        ("host".to_owned(), json!("api.example.com")),
        ("user-agent".to_owned(), json!("curl/8.5.0")),
        ("x-forwarded-for".to_owned(), json!("192.0.2.1")),
        ("x-forwarded-proto".to_owned(), json!("https")),
    ]);
    if auth == Auth::Required {
        headers.insert("authorization".to_owned(), json!("Bearer put-a-session_token-here"));
    }
    let body = operation
        .and_then(|operation| openapi.body(operation))
        .map(|media| example::of_media(openapi, media).to_string());
    if body.is_some() {
        headers.insert("content-type".to_owned(), json!("application/json"));
    }
    let request = Request { path, parameters, headers, body };
    match route.api {
        Api::Http => request.version_2(route),
        Api::Rest => request.version_1(route),
    }
}

/// A batch of one stream record, made from the function's own filter.
fn background(function: &Function) -> Value {
    let Some(stream) = function.streams.first() else {
        return json!({});
    };
    let mut record = stream.filters.first().map_or(json!({}), first_match);
    let given = json!({
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/tessera/stream/2026-01-01T00:00:00.000",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_767_225_600,
            "Keys": { "pk": { "S": "example" }, "sk": { "S": "example" } },
            "SequenceNumber": "111",
            "SizeBytes": 26,
            "StreamViewType": "KEYS_ONLY"
        }
    });
    complete(&mut record, &given);
    json!({ "Records": [record] })
}

/// The smallest value that a filter pattern lets through.
fn first_match(pattern: &Value) -> Value {
    match pattern {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, inner)| (name.clone(), first_match(inner)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(choices) => choices.first().cloned().unwrap_or_default(),
        other => other.clone(),
    }
}

/// Adds what is absent from `value`, field by field.
fn complete(value: &mut Value, given: &Value) {
    let (Some(fields), Some(others)) = (value.as_object_mut(), given.as_object()) else {
        return;
    };
    for (name, other) in others {
        complete(fields.entry(name.clone()).or_insert_with(|| other.clone()), other);
    }
}
