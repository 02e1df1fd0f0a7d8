//! API Gateway's events: payload format 2.0 of HTTP APIs and 1.0 of REST APIs.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::{datetime, format_description};

use crate::Api;
use crate::router::Match;

/// Who calls and when, as the gateway knows it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The address of the connection.
    pub source_ip: String,
    /// `http` or `https`, as the client connected.
    pub scheme: &'static str,
    /// An HTTP API's id of the request, and a REST API's second one.
    pub request_id: String,
    /// A REST API's id of the request.
    pub rest_request_id: String,
    /// When it came in.
    pub time: OffsetDateTime,
}

impl Caller {
    /// A caller of this moment.
    pub fn now(source_ip: &str) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            source_ip: source_ip.to_owned(),
            scheme: "http",
            request_id: format!("gateway-{count:08}="),
            rest_request_id: format!("00000000-0000-4000-8000-{count:012}"),
            time: OffsetDateTime::now_utc(),
        }
    }

    /// The caller of a sample event, the same whenever it is written.
    pub fn example() -> Self {
        Self {
            source_ip: "192.0.2.1".to_owned(),
            scheme: "https",
            request_id: "JKJaXmPLvHcESHA=".to_owned(),
            rest_request_id: "c6af9ac6-7b61-41e6-9a41-93e8deadbeef".to_owned(),
            time: datetime!(2026-01-01 00:00 UTC),
        }
    }
}

/// The event for a request, in the format of its route's API.
pub fn event<B: AsRef<[u8]>>(found: &Match, request: &Request<B>, caller: &Caller) -> Value {
    match found.route.api {
        Api::Http => http_event(found, request, caller),
        Api::Rest => rest_event(found, request, caller),
    }
}

fn http_event<B: AsRef<[u8]>>(found: &Match, request: &Request<B>, caller: &Caller) -> Value {
    let (method, path) = (request.method().as_str(), request.uri().path());
    let mut headers = joined(headers(request, caller).into_iter());
    let cookies = headers.remove("cookie");
    let agent = headers.get("user-agent").cloned().unwrap_or_default();
    let route_key = format!("{method} {}", found.route.resource);
    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": request.uri().query().unwrap_or_default(),
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": headers.get("host").and_then(Value::as_str).map(host_name),
            "domainPrefix": "local",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": caller.source_ip,
                "userAgent": agent,
            },
            "requestId": caller.request_id,
            "routeKey": route_key,
            "stage": found.route.stage,
            "time": clf(caller.time),
            "timeEpoch": caller.time.unix_timestamp_nanos() / 1_000_000,
        },
        "isBase64Encoded": false,
    });
    let query = joined(query(request).into_iter());
    let mut add = |name: &str, value: Option<Value>| {
        if let (Some(value), Some(event)) = (value, event.as_object_mut()) {
            event.insert(name.to_owned(), value);
        }
    };
    add("cookies", cookies.as_ref().and_then(Value::as_str).map(cookie_list));
    add("queryStringParameters", (!query.is_empty()).then_some(query.into()));
    add("pathParameters", (!found.parameters.is_empty()).then(|| json!(found.parameters)));
    if let Some((text, encoded)) = body(request) {
        add("body", Some(text.into()));
        add("isBase64Encoded", Some(encoded.into()));
    }
    event
}

fn rest_event<B: AsRef<[u8]>>(found: &Match, request: &Request<B>, caller: &Caller) -> Value {
    let (method, whole) = (request.method().as_str(), request.uri().path());
    // Through a mapping AWS takes nothing off the path that it names; at the API's own host it takes the
    // stage off in one of the two places.
    let path = if found.direct { found.route.without_stage(whole) } else { Some(whole) };
    let (headers, query) = (headers(request, caller), query(request));
    let single = |pairs: &[(String, String)]| -> Value {
        let pairs = pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        null_if_empty(pairs.collect())
    };
    let multiple = |pairs: &[(String, String)]| -> Value {
        let mut map = Map::new();
        for (name, value) in pairs {
            if let Value::Array(values) = map.entry(name.clone()).or_insert_with(|| json!([])) {
                values.push(value.as_str().into());
            }
        }
        null_if_empty(map)
    };
    let (text, encoded) = body(request).unzip();
    let find = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|pair| &pair.1);
    json!({
        "resource": found.route.resource,
        "path": path,
        "httpMethod": method,
        "headers": single(&headers),
        "multiValueHeaders": multiple(&headers),
        "queryStringParameters": single(&query),
        "multiValueQueryStringParameters": multiple(&query),
        "pathParameters": if found.parameters.is_empty() { Value::Null } else { json!(found.parameters) },
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": find("host").map(|host| host_name(host)),
            "domainPrefix": "local",
            "extendedRequestId": caller.request_id,
            "httpMethod": method,
            "identity": {"sourceIp": caller.source_ip, "userAgent": find("user-agent")},
            "path": whole,
            "protocol": "HTTP/1.1",
            "requestId": caller.rest_request_id,
            "requestTime": clf(caller.time),
            "requestTimeEpoch": caller.time.unix_timestamp_nanos() / 1_000_000,
            "resourceId": "local",
            "resourcePath": found.route.resource,
            "stage": found.route.stage,
        },
        "body": text,
        "isBase64Encoded": encoded.unwrap_or(false),
    })
}

/// The request's headers, and those that the gateway adds.
fn headers<B>(request: &Request<B>, caller: &Caller) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .filter(|(name, _)| name != header::CONNECTION.as_str())
        .collect();
    let forwarded = headers.iter_mut().find(|(name, _)| name == "x-forwarded-for");
    match forwarded {
        Some((_, value)) => *value = format!("{value}, {}", caller.source_ip),
        None => headers.push(("x-forwarded-for".to_owned(), caller.source_ip.clone())),
    }
    headers.push(("x-forwarded-proto".to_owned(), caller.scheme.to_owned()));
    headers
}

fn query<B>(request: &Request<B>) -> Vec<(String, String)> {
    let text = request.uri().query().unwrap_or_default();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(&name.replace('+', " ")), decode(&value.replace('+', " "))))
        .collect()
}

pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The body as text or, when it is not UTF-8, as base64.
fn body<B: AsRef<[u8]>>(request: &Request<B>) -> Option<(String, bool)> {
    let bytes = request.body().as_ref();
    if bytes.is_empty() {
        return None;
    }
    Some(match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(bytes), true),
    })
}

/// Each cookie of the request, those of several headers after one another.
fn cookie_list(text: &str) -> Value {
    text.split(';').map(str::trim).filter(|cookie| !cookie.is_empty()).collect::<Vec<_>>().into()
}

/// The host without its port, since API Gateway's domain names have none.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Repeated names become one, with commas; cookies keep their own separator.
fn joined(pairs: impl Iterator<Item = (String, String)>) -> Map<String, Value> {
    let mut map: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        let comma = if name == "cookie" { "; " } else { "," };
        match map.get_mut(&name) {
            Some(Value::String(found)) => *found = format!("{found}{comma}{value}"),
            _ => drop(map.insert(name, value.into())),
        }
    }
    map
}

fn null_if_empty(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}

/// As `12/Mar/2026:19:03:58 +0000`.
fn clf(time: OffsetDateTime) -> String {
    let format = format_description!(
        "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] [offset_hour sign:mandatory][offset_minute]"
    );
    time.format(&format).unwrap_or_default()
}
