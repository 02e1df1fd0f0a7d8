//! Servers without a network, by the URLs that they answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

use crate::connection::testing::{Part, Response};

/// Answers each URL as the test says, every time; an unknown URL breaks the connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Fake {
    answers: Arc<Mutex<HashMap<String, Response>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) url: String,
    pub(super) method: String,
    pub(super) authorization: Option<String>,
    pub(super) accept: Option<String>,
    pub(super) form: HashMap<String, String>,
}

impl Fake {
    pub(super) fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }

    /// Answers this URL so from now on.
    pub(super) fn answer(&self, url: &str, response: Response) {
        self.answers.lock().unwrap().insert(url.to_owned(), response);
    }

    /// The calls of a URL so far.
    pub(super) fn calls(&self, url: &str) -> Vec<Call> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|call| call.url == url).cloned().collect()
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).map(str::to_owned);
        let form = form_urlencoded::parse(request.body().bytes().unwrap());
        self.calls.lock().unwrap().push(Call {
            url: request.uri().to_owned(),
            method: request.method().to_owned(),
            authorization: header("authorization"),
            accept: header("accept"),
            form: form.into_owned().collect(),
        });
        let response = self.answers.lock().unwrap().get(request.uri()).cloned();
        HttpConnectorFuture::new(response.unwrap_or_else(|| answers(0, vec![Part::Cut])).play())
    }
}

/// An answer of this status and these parts, at once.
pub(super) fn answers(status: u16, parts: Vec<Part>) -> Response {
    Response { head_after: 0, status, headers: &[], parts }
}

/// A good answer.
pub(super) fn json_of(body: &Value) -> Response {
    answers(200, vec![Part::Bytes(body.to_string().leak())])
}
