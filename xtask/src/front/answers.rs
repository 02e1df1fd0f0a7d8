//! Answers that no function gives.

use anyhow::Result;
use bytes::Bytes;
use harness::http::{Body, StreamedResponse};
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};

/// An answer whose body may still be on its way.
pub type Answer = StreamedResponse;

/// Marks an answer that stands for API Gateway's own.
#[derive(Debug, Clone, Copy)]
pub struct FromGateway;

/// API Gateway's own 404.
pub fn not_found() -> Answer {
    message(StatusCode::NOT_FOUND, "Not Found")
}

/// Better Auth answers unknown paths without a body.
pub fn not_found_as_better_auth() -> Answer {
    status(StatusCode::NOT_FOUND, Bytes::new())
}

/// API Gateway's own answers: `{"message": …}`.
pub fn message(code: StatusCode, text: &str) -> Answer {
    let body = serde_json::json!({ "message": text }).to_string();
    let mut answer = typed(status(code, body.into()), "application/json");
    answer.extensions_mut().insert(FromGateway);
    answer
}

/// Sends the reader on.
pub fn redirect(to: &'static str) -> Answer {
    let mut answer = status(StatusCode::FOUND, Bytes::new());
    answer.headers_mut().insert(LOCATION, HeaderValue::from_static(to));
    answer
}

/// A text, or why there is none.
pub fn or_error(text: Result<String>, kind: &'static str) -> Answer {
    match text {
        Ok(text) => typed(status(StatusCode::OK, text.into()), kind),
        Err(error) => message(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error:#}")),
    }
}

/// An answer without headers.
pub fn status(code: StatusCode, body: Bytes) -> Answer {
    let mut answer = Answer::new(Body::from(body));
    *answer.status_mut() = code;
    answer
}

fn typed(mut answer: Answer, kind: &'static str) -> Answer {
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}
