//! A function's answer as HTTP.

use crate::http::{Response, header};
use crate::template::Api;
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::Value;

/// Reads `statusCode, headers, multiValueHeaders, cookies, body, isBase64Encoded`.
pub(super) fn response(answer: &[u8], api: Api) -> Result<Response> {
    let answer: Value = serde_json::from_slice(answer)?;
    let status = answer.get("statusCode").and_then(Value::as_u64).context("no statusCode")?;
    let text = answer.get("body").and_then(Value::as_str).unwrap_or_default();
    let body = match answer.get("isBase64Encoded") {
        Some(Value::Bool(true)) => Bytes::from(STANDARD.decode(text)?),
        _ => Bytes::from(text.to_owned()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = u16::try_from(status)?.try_into()?;
    for (name, value) in fields(&answer, "headers") {
        insert(&mut response, name, value)?;
    }
    if api == Api::Rest {
        for (name, values) in fields(&answer, "multiValueHeaders") {
            response.headers_mut().remove(name);
            for value in values.as_array().into_iter().flatten() {
                insert(&mut response, name, value)?;
            }
        }
    } else {
        for cookie in answer.get("cookies").and_then(Value::as_array).into_iter().flatten() {
            insert(&mut response, "set-cookie", cookie)?;
        }
    }
    // The server counts the body itself.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    Ok(response)
}

fn fields<'a>(answer: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    answer.get(name).and_then(Value::as_object).into_iter().flatten()
}

fn insert(response: &mut Response, name: &str, value: &Value) -> Result<()> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    response.headers_mut().append(name.parse::<HeaderName>()?, HeaderValue::from_str(&text)?);
    Ok(())
}
