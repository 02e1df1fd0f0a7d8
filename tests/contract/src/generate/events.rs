//! A first event for a function that has none.

use super::example;
use crate::openapi::OpenApi;
use crate::project::Project;
use harness::template::{Auth, Function, Route};
use serde_json::{Map, Value, json};

/// The event's text for a function.
pub fn skeleton(project: &Project, function: &Function) -> String {
    let event = match function.routes.first() {
        Some(route) => request(&project.openapi, function.auth, route),
        None => background(function),
    };
    format!("{event:#}\n")
}

/// A request as API Gateway's HTTP API sends it (payload format 2.0).
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
    let key = format!("{} {}", route.method, route.path);
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
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "example",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": route.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8.5.0"
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": key,
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64
        },
        "isBase64Encoded": false
    });
    if let Some(fields) = event.as_object_mut() {
        if !parameters.is_empty() {
            fields.insert("pathParameters".to_owned(), Value::Object(parameters));
        }
        if let Some(body) = body {
            fields.insert("body".to_owned(), Value::String(body));
        }
    }
    event
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
