//! `events/<name>.json`: one event a function, as the function would get it.

use serde_json::Value;
use template::router::parameters;
use template::{Auth, Function, Route};

use crate::finding::Finding;
use crate::openapi::OpenApi;
use crate::project::Project;
use crate::rules::event_formats;

/// The differences in one event, each with its remedy.
type Differences = Vec<(String, String)>;

/// Checks that each function has its event, that it fits, and that no other file lies there.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for function in &project.template.functions {
        let file = format!("events/{}.json", function.name);
        let Ok(text) = std::fs::read_to_string(project.root.join(&file)) else {
            findings.push(Finding::new(file, "is missing", "run `cargo xtask check --fix`"));
            continue;
        };
        let event: Value = match serde_json::from_str(&text) {
            Ok(event) => event,
            Err(error) => {
                findings.push(Finding::new(file, format!("is not JSON: {error}"), "correct it"));
                continue;
            }
        };
        let differences = match function.main_route() {
            Some(route) => request(&project.openapi, function, route, &event),
            None => background(function, &event),
        };
        findings.extend(
            differences.into_iter().map(|(says, remedy)| Finding::new(&file, says, remedy)),
        );
    }
    findings.extend(strangers(project));
    findings
}

fn strangers(project: &Project) -> Vec<Finding> {
    let entries = std::fs::read_dir(project.root.join("events"));
    entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|file| {
            file.strip_suffix(".json").is_none_or(|name| project.template.function(name).is_none())
        })
        .map(|file| {
            Finding::new(
                format!("events/{file}"),
                "belongs to no function of template.yaml",
                "remove it, or name it after its function",
            )
        })
        .collect()
}

fn request(openapi: &OpenApi, function: &Function, route: &Route, event: &Value) -> Differences {
    let mut differences = Vec::new();
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let field = event_formats::path(route.api);
    let path = text(&format!("/{field}"));
    let stated = event_formats::stated(route, path);
    for (pointer, expected) in stated {
        let found = text(pointer);
        if found != expected {
            let name = pointer.trim_start_matches('/').replace('/', ".");
            differences.push((format!("{name} is \"{found}\""), format!("write {expected}")));
        }
    }
    let is_value = |value: &String| !value.starts_with('{');
    match parameters(&route.path, path).filter(|found| found.values().all(is_value)) {
        None => differences.push((
            format!("{field} \"{path}\" does not fit {}", route.path),
            "write a path that does".to_owned(),
        )),
        Some(values) => {
            for (name, value) in values {
                if text(&format!("/pathParameters/{name}")) != value.as_str() {
                    differences.push((
                        format!("pathParameters.{name} is not that of {field}"),
                        format!("write \"{value}\""),
                    ));
                }
            }
        }
    }
    let token = text("/headers/authorization");
    if function.auth == Auth::Required && !token.starts_with("Bearer ") {
        differences.push((
            "has no bearer token, which the route requires".to_owned(),
            "add the header authorization".to_owned(),
        ));
    }
    differences.extend(body(openapi, route, event));
    differences
}

fn body(openapi: &OpenApi, route: &Route, event: &Value) -> Differences {
    let Some(operation) = openapi.operation(&route.method, &route.path) else {
        return Vec::new();
    };
    let (Some(media), true) = (openapi.body(operation), openapi.body_is_required(operation)) else {
        return Vec::new();
    };
    let Some(body) = event
        .get("body")
        .and_then(Value::as_str)
        .and_then(|text| serde_json::from_str::<Value>(text).ok())
    else {
        let remedy = "write the body as JSON in a string".to_owned();
        return vec![("has no JSON body, which the route requires".to_owned(), remedy)];
    };
    let schema = media.get("schema").unwrap_or(&Value::Null);
    openapi
        .required(schema)
        .into_iter()
        .filter(|name| body.get(name).is_none())
        .map(|name| {
            (format!("its body lacks {name}"), "add it: openapi.yaml requires it".to_owned())
        })
        .collect()
}

/// A background function's event is a batch of the stream in which it wants at least one record, or a
/// message of its topic.
fn background(function: &Function, event: &Value) -> Differences {
    if function.streams.is_empty() {
        let source = event.pointer("/Records/0/EventSource").and_then(Value::as_str);
        if function.topics.is_empty() || source == Some("aws:sns") {
            return Vec::new();
        }
        let remedy = "write Records with EventSource aws:sns, as the topic sends them".to_owned();
        return vec![("has no message of a topic".to_owned(), remedy)];
    }
    let records = event.get("Records").and_then(Value::as_array);
    let wanted = records.into_iter().flatten().any(|record| {
        record.get("eventSource").and_then(Value::as_str) == Some("aws:dynamodb")
            && function.streams.iter().any(|stream| stream.wants(record))
    });
    if wanted {
        return Vec::new();
    }
    vec![(
        "has no stream record that its filter lets through".to_owned(),
        "write Records with eventSource aws:dynamodb, as FilterCriteria in template.yaml says"
            .to_owned(),
    )]
}
