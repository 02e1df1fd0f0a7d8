//! A function's response as HTTP.

use crate::http::{Body, HeaderMap, StreamedResponse, header};
use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::Value;
use template::Api;

/// What stands between the head of a stream and its body.
pub(super) const DELIMITER: [u8; 8] = [0; 8];

/// Maximum size of a stream's head, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// Reads `statusCode, headers, multiValueHeaders, cookies, body, isBase64Encoded`.
pub(super) fn whole(response: &[u8], api: Api) -> Result<StreamedResponse> {
    let fields: Value = serde_json::from_slice(response)?;
    let text = fields.get("body").and_then(Value::as_str).unwrap_or_default();
    let body = match fields.get("isBase64Encoded") {
        Some(Value::Bool(true)) => Bytes::from(STANDARD.decode(text)?),
        _ => Bytes::from(text.to_owned()),
    };
    let mut response = StreamedResponse::new(body.into());
    read_status(&fields, &mut response)?;
    let (several, cookies) = (api == Api::Rest, api == Api::Http);
    *response.headers_mut() = headers(&fields, several, cookies)?;
    Ok(response)
}

/// Waits for the head of a stream, `statusCode, headers, multiValueHeaders, cookies`; the rest is the
/// body.
pub(super) async fn streamed(mut body: Body) -> Result<StreamedResponse> {
    let head = body.take_until(&DELIMITER, MAX_HEAD).await?;
    let head: Value = serde_json::from_slice(&head).context("its head is not JSON")?;
    let mut response = StreamedResponse::new(body);
    read_status(&head, &mut response)?;
    *response.headers_mut() = headers(&head, true, true)?;
    Ok(response)
}

fn read_status(fields: &Value, response: &mut StreamedResponse) -> Result<()> {
    let status = fields.get("statusCode").and_then(Value::as_u64).context("no statusCode")?;
    *response.status_mut() = u16::try_from(status)?.try_into()?;
    Ok(())
}

fn headers(head: &Value, several: bool, cookies: bool) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields(head, "headers") {
        insert(&mut headers, name, value)?;
    }
    if several {
        for (name, values) in fields(head, "multiValueHeaders") {
            headers.remove(name);
            for value in values.as_array().into_iter().flatten() {
                insert(&mut headers, name, value)?;
            }
        }
    }
    if cookies {
        for cookie in head.get("cookies").and_then(Value::as_array).into_iter().flatten() {
            insert(&mut headers, "set-cookie", cookie)?;
        }
    }
    // The server counts the body itself.
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::TRANSFER_ENCODING);
    Ok(headers)
}

fn fields<'a>(head: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    head.get(name).and_then(Value::as_object).into_iter().flatten()
}

/// `headers` has one value for a name; API Gateway takes several values from `multiValueHeaders` only.
fn insert(headers: &mut HeaderMap, name: &str, value: &Value) -> Result<()> {
    ensure!(!value.is_array() && !value.is_object(), "the header {name} is {value}");
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    headers.append(name.parse::<HeaderName>()?, HeaderValue::from_str(&text)?);
    Ok(())
}
