use serde_json::Value;

use super::ProviderError;

/// Codes of an error that ends by itself (RFC 6749, section 4.1.2.1), whatever its status is.
const PASSING: [&str; 2] = ["server_error", "temporarily_unavailable"];

/// The JSON of a provider.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    /// Reads the body of a response. A response that no provider of ours would send, such as a page of a
    /// gateway before it, is an error.
    pub(super) fn read(status: u16, body: &[u8]) -> Result<Self, ProviderError> {
        let json = serde_json::from_slice(body).ok();
        match (status, json) {
            (200..=299 | 400..=499, Some(body)) if status != 429 => Ok(Self { status, body }),
            // Who refuses an access token need not say more (RFC 6750, section 3.1).
            (401, None) => Err(refused(status, "no code")),
            (200..=299, None) => Err(unreachable(status, "an answer that is not JSON")),
            (300..=399, _) => Err(unreachable(status, "a redirect, which is not followed")),
            _ => Err(unreachable(status, "an error")),
        }
    }

    /// The body, unless it is an error. GitHub sends errors with status 200.
    pub(super) fn accepted(self) -> Result<Value, ProviderError> {
        let code = self.body.get("error").and_then(Value::as_str);
        match (code, self.status) {
            (None, 200..=299) => Ok(self.body),
            (Some(code), _) if PASSING.contains(&code) => Err(unreachable(self.status, code)),
            (Some(code), _) => Err(refused(self.status, shown(code))),
            (None, 401) => Err(refused(self.status, "no code")),
            (None, _) => Err(unreachable(self.status, "an error without a code")),
        }
    }

    /// The same, but `None` if the token does not show this part of the user.
    pub(super) fn accepted_if_shown(self) -> Result<Option<Value>, ProviderError> {
        if [403, 404].contains(&self.status) { Ok(None) } else { self.accepted().map(Some) }
    }
}

/// The code of an error. A text that is no code might repeat what was sent.
fn shown(code: &str) -> &str {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b == b'_';
    let is_code = (1..=40).contains(&code.len()) && code.bytes().all(is_plain);
    if is_code { code } else { "a code that is not shown" }
}

fn refused(status: u16, text: &str) -> ProviderError {
    ProviderError::Refused(format!("HTTP {status}, {text}"))
}

fn unreachable(status: u16, text: &str) -> ProviderError {
    ProviderError::Unreachable(format!("HTTP {status}, {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<Value, ProviderError> {
        Answer::read(status, body.as_bytes())?.accepted()
    }

    #[test]
    fn an_error_with_a_code_is_a_refusal_also_with_status_200() {
        for (status, body) in [
            (400, r#"{"error":"invalid_grant"}"#),
            (401, r#"{"error":"invalid_client"}"#),
            (200, r#"{"error":"bad_verification_code","error_description":"expired"}"#),
            (401, r#"{"message":"Bad credentials"}"#),
            (401, ""),
        ] {
            let error = read(status, body).unwrap_err();
            assert!(matches!(error, ProviderError::Refused(_)), "{status} {body}: {error}");
        }
    }

    #[test]
    fn any_other_failure_may_pass() {
        for (status, body) in [
            (500, r#"{"error":"invalid_grant"}"#),
            (503, "<html>"),
            (429, r#"{"error":"slow_down"}"#),
            (400, r#"{"error":"temporarily_unavailable"}"#),
            (400, "{}"),
            (403, r#"{"message":"API rate limit exceeded"}"#),
            (404, "<html>"),
            (302, "{}"),
            (200, "<html>"),
            (200, ""),
        ] {
            let error = read(status, body).unwrap_err();
            assert!(matches!(error, ProviderError::Unreachable(_)), "{status} {body}: {error}");
        }
        assert_eq!(read(200, "{}"), Ok(serde_json::json!({})));
    }

    #[test]
    fn an_error_shows_a_code_and_nothing_that_was_sent() {
        let text = read(400, r#"{"error":"invalid_grant","error_description":"code abc"}"#);
        assert_eq!(text.unwrap_err().to_string(), "the provider refused: HTTP 400, invalid_grant");
        let text = read(400, r#"{"error":"Bad code: abc"}"#).unwrap_err().to_string();
        assert!(!text.contains("abc"), "{text}");
    }
}
