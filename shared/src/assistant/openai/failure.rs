//! Error responses of an endpoint as our errors.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::assistant::redact::redacted;
use crate::assistant::{AssistantError, Prompt, retry_after};

/// Codes of a 429 where waiting does not help.
const USED_UP: [&str; 2] = ["insufficient_quota", "billing_hard_limit_reached"];
/// Statuses that end a wait for the model: it was at work, and may be billed.
pub(super) const TIMED_OUT: [u16; 3] = [408, 504, 524];
/// Where servers put the message of an error.
const MESSAGES: [&str; 5] = ["message", "detail", "msg", "error_message", "reason"];

/// The error of a status and its body.
pub(super) fn of_status(
    status: u16,
    body: &str,
    key: Option<&SecretString>,
    prompt: &Prompt,
) -> AssistantError {
    let body = value(body);
    let text = format!("HTTP {status} {}", error_text(&body, key, prompt));
    match status {
        429 if USED_UP.iter().any(|code| text.contains(code)) => AssistantError::Refused(text),
        429 | 503 | 529 => AssistantError::Busy { cause: text, retry_after: None },
        408 | 425 | 500..=599 => AssistantError::Failed(text),
        _ => AssistantError::Refused(text),
    }
}

/// The error of an event in the stream. Its code decides what it means.
pub(super) fn of_event(
    event: &Value,
    key: Option<&SecretString>,
    prompt: &Prompt,
) -> AssistantError {
    let text = format!("in mid-stream: {}", error_text(event, key, prompt));
    let code = code(error_of(event)).unwrap_or_default();
    let is_one_of = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if is_one_of(&USED_UP) {
        AssistantError::Refused(text)
    } else if is_one_of(&["429", "503", "529", "rate_limit", "overloaded"]) {
        AssistantError::Busy { cause: text, retry_after: None }
    } else if code.parse().is_ok_and(|code: u16| (400..500).contains(&code))
        || is_one_of(&["invalid_request", "BadRequest", "authentication", "permission"])
    {
        AssistantError::Refused(text)
    } else {
        AssistantError::Failed(text)
    }
}

/// Whether an event says that the model took too long.
pub(super) fn timed_out(event: &Value) -> bool {
    let status = code(error_of(event)).and_then(|code| code.parse().ok());
    status.is_some_and(|status: u16| TIMED_OUT.contains(&status))
}

/// The code or type of an error, and its message as far as it may be logged.
fn error_text(body: &Value, key: Option<&SecretString>, prompt: &Prompt) -> String {
    let error = error_of(body);
    let code = code(error).unwrap_or_else(|| "without a code".to_owned());
    let mut text = format!("{code}: {}", message(error).unwrap_or("no message"));
    // OpenRouter passes on what the provider behind it says.
    if let Some(raw) = error.pointer("/metadata/raw").and_then(Value::as_str) {
        text = format!("{text}: {raw}");
    }
    if let Some(key) = key {
        text = text.replace(key.expose_secret(), "(the key)");
    }
    redacted(&text, prompt)
}

/// The error in a body. Servers write it as an object or a text, alone or in a list, under `error` or
/// without a name.
fn error_of(body: &Value) -> &Value {
    let inner = body.get("error").filter(|error| !error.is_null());
    match inner.or_else(|| body.get("errors")).or_else(|| body.get(0)) {
        Some(inner) => error_of(inner),
        None => body,
    }
}

/// How long Google asks us to wait: its OpenAI endpoint has no header for that.
pub(super) fn retry_delay(body: &str) -> Option<Duration> {
    let body: Value = serde_json::from_str(body).ok()?;
    let details = error_of(&body).get("details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    retry_after::seconds(delay.strip_suffix('s')?, 1.0)
}

fn code(error: &Value) -> Option<String> {
    ["code", "type", "status"].iter().find_map(|name| match error.get(name)? {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    })
}

fn message(error: &Value) -> Option<&str> {
    match error {
        Value::String(text) => Some(text),
        Value::Array(errors) => errors.iter().find_map(message),
        Value::Object(_) => MESSAGES.iter().find_map(|name| message(error.get(name)?)),
        _ => None,
    }
}

/// A body as JSON. One in plain words is a message, a page is none.
fn value(body: &str) -> Value {
    let text = body.trim();
    serde_json::from_str(text).unwrap_or_else(|_| match text {
        "" => Value::Null,
        text if text.starts_with('<') => Value::Null,
        text => Value::String(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::testing::prompt;

    fn shown(status: u16, body: &str) -> String {
        of_status(status, body, Some(&"sk-secret".into()), &prompt("what is up")).to_string()
    }

    #[test]
    fn codes_and_messages_of_servers() {
        let body =
            r#"{"error":{"message":"No such model: gpt-x","type":"a","code":"model_not_found"}}"#;
        let expected =
            "the assistant refused the request: HTTP 404 model_not_found: No such model: gpt-x";
        assert_eq!(shown(404, body), expected);
        assert!(shown(500, r#"{"error":"boom"}"#).ends_with("HTTP 500 without a code: boom"));
        assert!(shown(400, r#"{"object":"error","message":"bad","type":"b"}"#).ends_with("b: bad"));
        assert!(shown(422, r#"{"detail":"Not Found"}"#).ends_with("Not Found"));
        assert!(shown(502, "<html>").contains("HTTP 502 without a code"));
    }

    #[test]
    fn e7_errors_of_every_form_are_read() {
        for (body, expected) in [
            (r#"[{"error":{"code":400,"message":"Bad name","status":"S"}}]"#, "400: Bad name"),
            (r#""boom""#, "without a code: boom"),
            ("404 page not found\n", "without a code: 404 page not found"),
            (
                r#"{"detail":[{"loc":["body"],"msg":"field required","type":"x"}]}"#,
                "field required",
            ),
            (r#"{"message":"Slow down"}"#, "without a code: Slow down"),
            (r#"{"error":{"error":{"type":"t","message":"deep"}}}"#, "t: deep"),
            (
                r#"{"success":false,"errors":[{"code":5007,"message":"No such model"}]}"#,
                "5007: No such model",
            ),
            (r#"{"error":{"message":{"detail":"inner"}}}"#, "without a code: inner"),
            (
                r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"it is down"}}}"#,
                "502: Provider returned error: it is down",
            ),
        ] {
            let text = shown(400, body);
            assert!(text.ends_with(expected), "{body}: {text}");
        }
    }

    #[test]
    fn e7_google_asks_for_a_pause_in_the_body() {
        let body = r#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED",
            "details":[{"@type":"type.googleapis.com/google.rpc.Help"},
            {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"22.5s"}]}}]"#;
        assert_eq!(retry_delay(body), Some(Duration::from_millis(22_500)));
        for body in ["", "[]", r#"{"error":{"details":[{"retryDelay":"soon"}]}}"#] {
            assert_eq!(retry_delay(body), None, "{body}");
        }
    }

    #[test]
    fn e7_codes_of_events() {
        let meaning =
            |event: &str| of_event(&serde_json::from_str(event).unwrap(), None, &prompt("?"));
        for busy in [r#"{"error":{"code":429}}"#, r#"{"error":{"type":"overloaded_error"}}"#] {
            assert!(matches!(meaning(busy), AssistantError::Busy { .. }), "{busy}");
        }
        for refused in [
            r#"{"error":{"code":"insufficient_quota"}}"#,
            r#"{"error":{"code":400,"type":"invalid_request_error"}}"#,
            r#"{"object":"error","type":"BadRequestError"}"#,
        ] {
            assert!(matches!(meaning(refused), AssistantError::Refused(_)), "{refused}");
        }
        for failed in [r#"{"error":{"code":502}}"#, r#"{"error":"boom"}"#, "{}"] {
            assert!(matches!(meaning(failed), AssistantError::Failed(_)), "{failed}");
        }
    }

    #[test]
    fn neither_key_nor_question_is_shown() {
        let text = shown(401, r#"{"error":{"message":"bad key sk-secret!"}}"#);
        assert!(text.ends_with("bad key (the key)!"), "{text}");
        assert!(!shown(400, r#"{"error":{"message":"bad: what is up"}}"#).contains("what is up"));
    }

    #[test]
    fn which_may_pass() {
        let may_pass = |status, body| of_status(status, body, None, &prompt("?")).may_pass();
        for status in [408, 429, 500, 502, 503, 504, 529] {
            assert!(may_pass(status, "{}"), "{status}");
        }
        for status in [301, 400, 401, 403, 404, 413, 422] {
            assert!(!may_pass(status, "{}"), "{status}");
        }
        assert!(!may_pass(429, r#"{"error":{"code":"insufficient_quota"}}"#));
    }
}
