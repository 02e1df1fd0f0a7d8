//! What can happen to a mail on its way.

use crate::http::{self, Response, StatusCode, lock};
use anyhow::{Context as _, Result};
use hyper::header::{HeaderName, HeaderValue};
use serde_json::json;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::watch;

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

/// The faults that are to come.
#[derive(Debug, Default)]
pub(super) struct Faults {
    coming: Mutex<VecDeque<MailFault>>,
    met: watch::Sender<usize>,
    released: watch::Sender<usize>,
}

impl Faults {
    pub(super) fn add(&self, fault: MailFault, count: usize) {
        lock(&self.coming).extend(std::iter::repeat_n(fault, count));
    }

    pub(super) fn take(&self) -> Option<MailFault> {
        let fault = lock(&self.coming).pop_front();
        if fault.is_some() {
            self.met.send_modify(|met| *met += 1);
        }
        fault
    }

    pub(super) async fn reached(&self, count: usize) -> Result<()> {
        let mut met = self.met.subscribe();
        let wait = met.wait_for(|met| *met >= count);
        let waited = tokio::time::timeout(Duration::from_secs(10), wait).await;
        waited.with_context(|| format!("no {count} mails met a fault"))??;
        Ok(())
    }

    pub(super) async fn wait_for_release(&self) {
        let mut released = self.released.subscribe();
        released.mark_unchanged();
        let _ = released.changed().await;
    }

    pub(super) fn clear(&self) {
        lock(&self.coming).clear();
        self.released.send_modify(|times| *times += 1);
    }
}
