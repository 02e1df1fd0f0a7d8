//! An endpoint without a network.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;
use tokio::time::Instant;

pub(super) use crate::connection::testing::{Part, Response};

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
        HttpConnectorFuture::new(response.play())
    }
}
