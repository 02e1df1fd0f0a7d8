//! A first event for a function that has none.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use http::{Request, header};
use serde_json::{Map, Value, json};
use template::event::{Caller, event};
use template::router::Match;
use template::{Auth, Function, Route};

use super::example;
use crate::openapi::OpenApi;
use crate::project::Project;

/// The event's text for a function.
pub fn skeleton(project: &Project, function: &Function) -> Result<String> {
    let event = match function.main_route() {
        Some(route) => of_route(&project.openapi, function, route)
            .with_context(|| format!("no event can be made for {}", function.name))?,
        None => background(function),
    };
    Ok(format!("{event:#}\n"))
}

fn of_route(openapi: &OpenApi, function: &Function, route: &Route) -> Result<Value> {
    let operation = openapi.operation(&route.method, &route.path);
    let (mut path, mut parameters) = (route.path.clone(), BTreeMap::new());
    for (name, parameter) in
        operation.map(|operation| openapi.path_parameters(operation)).unwrap_or_default()
    {
        let value = match example::of_media(openapi, parameter) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        path = path.replace(&format!("{{{name}}}"), &value);
        parameters.insert(name.to_owned(), value);
    }
    let body = operation
        .and_then(|operation| openapi.body(operation))
        .map(|media| example::of_media(openapi, media).to_string());
    let mut request = Request::builder()
        .method(route.method.as_str())
        .uri(path)
        .header(header::ACCEPT, "*/*")
        .header(header::HOST, "api.example.com")
        .header(header::USER_AGENT, "curl/8.5.0");
    if function.auth == Auth::Required {
        request = request.header(header::AUTHORIZATION, "Bearer put-a-session_token-here");
    }
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let request = request.body(body.unwrap_or_default())?;
    let found =
        Match { function: function.name.clone(), route: route.clone(), parameters, direct: false };
    Ok(event(&found, &request, &Caller::example()))
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
