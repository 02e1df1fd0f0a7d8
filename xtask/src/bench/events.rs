//! Events for the functions under measurement.

use anyhow::{Context, Result};
use bytes::Bytes;
use harness::Stack;
use serde_json::Value;
use template::event::{Caller, event};
use template::{Function, Route, root};

/// A request that is to be measured.
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, with its query.
    pub path: String,
    /// The header that says who asks, if it matters.
    pub header: Option<(&'a str, String)>,
    /// The body as JSON; null if there is none.
    pub body: Value,
}

/// A request as the gateway hands it to the function.
pub fn request(stack: &Stack, asked: &Asked<'_>) -> Result<Bytes> {
    let Asked { method, path, header, body } = asked;
    let without_query = path.split('?').next().unwrap_or_default();
    let found = stack.gateway.route(method, without_query);
    let found = found.with_context(|| format!("no route {method} {path}"))?;
    let request = hyper::Request::builder()
        .method(*method)
        .uri(path)
        .header("host", "api.example.com")
        .header("user-agent", "tessera-bench");
    let request = match header {
        Some((name, value)) => request.header(*name, value),
        None => request,
    };
    let (request, body) = if body.is_null() {
        (request, Bytes::new())
    } else {
        (request.header("content-type", "application/json"), body.to_string().into())
    };
    let request = request.body(body)?;
    Ok(event(&found, &request, &Caller::now("127.0.0.1")).to_string().into())
}

/// The route that is measured: a preflight does nothing in the function.
pub fn route(function: &Function) -> Option<&Route> {
    function.routes.iter().find(|route| route.method != "OPTIONS")
}

/// The function's own event in `events/`.
pub fn checked_in(function: &str) -> Result<Value> {
    let path = root().join(format!("events/{function}.json"));
    let text = std::fs::read_to_string(&path);
    let text = text.with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("in {}", path.display()))
}

/// The body of that event, null when there is none.
pub fn checked_in_body(function: &str) -> Value {
    let event = checked_in(function).unwrap_or_default();
    let text = event.get("body").and_then(Value::as_str).unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}
