//! An endpoint without a network: tests set the time, and nothing waits.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use serde_json::Value;
use tokio::time::{Instant, Sleep, sleep};

/// A part of a response.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// Bytes of the body.
    Bytes(&'static str),
    /// Nothing for this number of milliseconds. Before the first bytes, the head comes at once.
    Pause(u64),
    /// The connection breaks.
    Cut,
}

/// A response, and what comes before its head.
#[derive(Debug, Clone)]
pub(super) struct Response {
    pub(super) head_after: u64,
    pub(super) status: u16,
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) parts: Vec<Part>,
}

/// Returns the next response for each call; the last one for all further calls.
#[derive(Debug, Clone)]
pub(super) struct Script {
    responses: Arc<Mutex<VecDeque<Response>>>,
    pub(super) calls: Arc<Mutex<Vec<(Instant, Value)>>>,
}

impl Script {
    pub(super) fn new(responses: Vec<Response>) -> Self {
        Self { responses: Arc::new(Mutex::new(responses.into())), calls: Arc::default() }
    }

    pub(super) fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.calls.lock().unwrap().push((Instant::now(), body));
        let mut responses = self.responses.lock().unwrap();
        let response =
            if responses.len() > 1 { responses.pop_front() } else { responses.front().cloned() };
        let response = response.unwrap();
        HttpConnectorFuture::new(async move {
            sleep(Duration::from_millis(response.head_after)).await;
            if matches!(response.parts[..], [Part::Cut]) {
                return Err(ConnectorError::io("connection reset".into()));
            }
            let status = StatusCode::try_from(response.status).unwrap();
            let body = Parts { parts: response.parts.into(), pause: None };
            let mut head = HttpResponse::new(status, SdkBody::from_body_1_x(body));
            for (name, value) in response.headers {
                head.headers_mut().insert(*name, *value);
            }
            Ok(head)
        })
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
