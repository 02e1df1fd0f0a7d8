//! What can happen to a mail on its way.

use crate::http::{self, Response, StatusCode};
use hyper::header::{HeaderName, HeaderValue};
use serde_json::json;

/// A failure of SES.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFault {
    /// 429 `TooManyRequestsException`.
    Throttle,
    /// 400 with this type of error, such as `MessageRejected`.
    Reject(&'static str),
    /// 500 `InternalFailure`.
    InternalError,
    /// Closes the connection without taking the mail.
    HangUp,
    /// Takes the mail, then closes the connection without a response.
    HangUpAfter,
    /// Takes the mail, and responds when the faults are cleared.
    HoldAfter,
}

impl MailFault {
    /// The response, if there is one. SES repeats addresses in its messages, so this does too.
    pub(super) fn response(self) -> Option<Response> {
        let text = "Email address is not verified: ada@example.com";
        match self {
            Self::Throttle => {
                Some(error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
            }
            Self::Reject(kind) => Some(error(400, kind, text)),
            Self::InternalError => Some(error(500, "InternalFailure", text)),
            Self::HangUp | Self::HangUpAfter | Self::HoldAfter => None,
        }
    }
}

/// An error as SES v2 returns it.
pub(super) fn error(status: u16, kind: &'static str, text: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = http::json(status, &json!({ "message": text }));
    let name = HeaderName::from_static("x-amzn-errortype");
    response.headers_mut().insert(name, HeaderValue::from_static(kind));
    response
}
