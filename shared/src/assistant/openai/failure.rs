//! Error responses of an endpoint as our errors.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::assistant::redact::redacted;
use crate::assistant::{AssistantError, Prompt};

/// Codes of a 429 where waiting does not help.
const USED_UP: [&str; 2] = ["insufficient_quota", "billing_hard_limit_reached"];

/// The error of a status and its body.
pub(super) fn error(
    status: u16,
    body: &str,
    key: Option<&SecretString>,
    prompt: &Prompt,
) -> AssistantError {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let text = format!("HTTP {status} {}", error_text(&body, key, prompt));
    match status {
        429 if USED_UP.iter().any(|code| text.contains(code)) => AssistantError::Refused(text),
        429 | 503 | 529 => AssistantError::Busy(text),
        408 | 425 | 500..=599 => AssistantError::Failed(text),
        _ => AssistantError::Refused(text),
    }
}

/// The code or type of an error object, and its message as far as it may be logged. Servers write
/// `error` as an object or as a text, or put its fields into the body itself.
pub(super) fn error_text(body: &Value, key: Option<&SecretString>, prompt: &Prompt) -> String {
    let error = body.get("error").filter(|error| !error.is_null()).unwrap_or(body);
    let field = |name: &str| error.get(name).and_then(Value::as_str);
    let code = field("code").or_else(|| field("type")).unwrap_or("without a code");
    let message = error.as_str().or_else(|| field("message")).or_else(|| field("detail"));
    let mut text = format!("{code}: {}", message.unwrap_or("no message"));
    if let Some(key) = key {
        text = text.replace(key.expose_secret(), "(the key)");
    }
    redacted(&text, prompt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::testing::prompt;

    fn shown(status: u16, body: &str) -> String {
        error(status, body, Some(&"sk-secret".into()), &prompt("what is up")).to_string()
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
    fn neither_key_nor_question_is_shown() {
        let text = shown(401, r#"{"error":{"message":"bad key sk-secret!"}}"#);
        assert!(text.ends_with("bad key (the key)!"), "{text}");
        assert!(!shown(400, r#"{"error":{"message":"bad: what is up"}}"#).contains("what is up"));
    }

    #[test]
    fn which_may_pass() {
        let may_pass = |status, body| error(status, body, None, &prompt("?")).may_pass();
        for status in [408, 429, 500, 502, 503, 504, 529] {
            assert!(may_pass(status, "{}"), "{status}");
        }
        for status in [301, 400, 401, 403, 404, 413, 422] {
            assert!(!may_pass(status, "{}"), "{status}");
        }
        assert!(!may_pass(429, r#"{"error":{"code":"insufficient_quota"}}"#));
    }
}
