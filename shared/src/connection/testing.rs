//! Responses without a network: tests set the time, and nothing waits. And a server on this machine.

pub(crate) mod server;

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::time::{Sleep, sleep};

/// A part of a response.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// Bytes of the body.
    Bytes(&'static str),
    /// Nothing for this number of milliseconds. Before the first bytes, the head comes at once.
    Pause(u64),
    /// The connection breaks.
    Cut,
}

/// A response, and what comes before its head.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) head_after: u64,
    pub(crate) status: u16,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) parts: Vec<Part>,
}

impl Response {
    /// The response as a connector returns it.
    pub(crate) async fn play(self) -> Result<HttpResponse, ConnectorError> {
        sleep(Duration::from_millis(self.head_after)).await;
        if matches!(self.parts[..], [Part::Cut]) {
            return Err(ConnectorError::io("connection reset".into()));
        }
        let status = StatusCode::try_from(self.status).unwrap();
        let body = Parts { parts: self.parts.into(), pause: None };
        let mut head = HttpResponse::new(status, SdkBody::from_body_1_x(body));
        for (name, value) in self.headers {
            head.headers_mut().insert(*name, *value);
        }
        Ok(head)
    }
}

struct Parts {
    parts: VecDeque<Part>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Body for Parts {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            if let Some(pause) = &mut self.pause {
                std::task::ready!(pause.as_mut().poll(context));
                self.pause = None;
            }
            match self.parts.pop_front() {
                None => return Poll::Ready(None),
                Some(Part::Pause(time)) => {
                    self.pause = Some(Box::pin(sleep(Duration::from_millis(time))));
                }
                Some(Part::Bytes(bytes)) => {
                    return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(
                        bytes.as_bytes(),
                    )))));
                }
                Some(Part::Cut) => {
                    let error = std::io::Error::other("connection reset");
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}
