//! Requests to a stack and its answers, both held to the contract.

use super::{CookieJar, Stack, StreamedAnswer};
use crate::gateway::{FromGateway, Misfit};
use crate::http::{HeaderMap, Method, header};
use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;

/// A request that is being prepared.
#[must_use = "nothing happens until it is sent"]
pub struct RequestBuilder<'a> {
    stack: &'a Stack,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    cookies: Vec<String>,
    body: Bytes,
    source_ip: String,
    outside_contract: bool,
}

impl<'a> RequestBuilder<'a> {
    pub(super) fn new(stack: &'a Stack, method: Method, path: &str) -> Self {
        let host = stack.gateway.address().to_string();
        let headers = [("host", host), ("user-agent", "tessera-harness".to_owned())];
        Self {
            stack,
            method,
            path: path.to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            cookies: Vec::new(),
            body: Bytes::new(),
            source_ip: "127.0.0.1".to_owned(),
            outside_contract: false,
        }
    }

    /// Adds a header; the same name twice is sent twice.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// `Authorization: Bearer …`.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// The page that calls, as `https://app.example.com`.
    pub fn origin(self, origin: &str) -> Self {
        self.header("origin", origin)
    }

    /// Adds a cookie; all of them go in one header.
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    /// Adds every cookie of the jar.
    pub fn cookies(self, jar: &CookieJar) -> Self {
        jar.iter().fold(self, |request, (name, value)| request.cookie(name, value))
    }

    /// A JSON body with its content type.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// A body as it is.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The address that the gateway sees.
    pub fn source_ip(mut self, address: &str) -> Self {
        address.clone_into(&mut self.source_ip);
        self
    }

    /// Does not hold this exchange to `openapi.yaml`.
    pub fn outside_contract(mut self) -> Self {
        self.outside_contract = true;
        self
    }

    /// Sends it.
    ///
    /// # Panics
    /// When the answer breaks the contract, or there is none.
    #[expect(clippy::panic, reason = "a test that breaks the contract must fail")]
    pub async fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        match self.try_send().await {
            Ok(answer) => answer,
            Err(error) => panic!("{what}: {error:#}"),
        }
    }

    /// Sends it; an answer that breaks the contract, or is cut off, is an error.
    pub async fn try_send(self) -> Result<Answer> {
        self.try_stream().await?.collect().await
    }

    /// Sends it, and has the answer as soon as its head is there; dropping it hangs up.
    ///
    /// # Panics
    /// When the head breaks the contract, or there is none.
    #[expect(clippy::panic, reason = "a test that breaks the contract must fail")]
    pub async fn stream(self) -> StreamedAnswer {
        let what = format!("{} {}", self.method, self.path);
        match self.try_stream().await {
            Ok(answer) => answer,
            Err(error) => panic!("{what}: {error:#}"),
        }
    }

    /// The same; a head that breaks the contract is an error.
    pub async fn try_stream(self) -> Result<StreamedAnswer> {
        let started = Instant::now();
        let mut request = hyper::Request::builder().method(&self.method).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, self.cookies.join("; "));
        }
        if !self.body.is_empty() {
            request = request.header(header::CONTENT_LENGTH, self.body.len());
        }
        let request = request.body(self.body.clone()).context("not a valid request")?;
        let path = request.uri().path().to_owned();
        let kind = request.headers().get(header::CONTENT_TYPE).cloned();
        let response = self.stack.gateway.call(request, &self.source_ip).await?;
        if let Some(Misfit(why)) = response.extensions().get() {
            bail!("{why}");
        }
        let from_gateway = response.extensions().get::<FromGateway>().is_some();
        // The contract does not list the questions of browsers.
        let held = !from_gateway && !self.outside_contract && self.method != Method::OPTIONS;
        let contract = self.stack.openapi.as_ref().filter(|_| held);
        let (status, method) = (response.status().as_u16(), self.method.as_str());
        if let Some(contract) = contract {
            contract
                .check_head(method, &path, status, response.headers())
                .context("the answer breaks openapi.yaml")?;
            if (200..300).contains(&status) {
                let kind = kind.as_ref().and_then(|kind| kind.to_str().ok());
                contract
                    .check_request(method, &path, kind, &self.body)
                    .context("openapi.yaml does not allow a request that succeeded")?;
            }
        }
        let contract = contract.map(|contract| (Arc::clone(contract), self.method, path));
        Ok(StreamedAnswer::new(response, started, contract))
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Every `Set-Cookie` header, as it is.
    pub fn set_cookies(&self) -> Vec<&str> {
        let headers = self.headers.get_all(header::SET_COOKIE).iter();
        headers.filter_map(|value| value.to_str().ok()).collect()
    }

    /// The value that a cookie is set to, empty when it is cleared.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.set_cookies().into_iter().filter_map(|cookie| cookie.split(';').next());
        pairs.filter_map(|pair| pair.split_once('=')).find(|pair| pair.0 == name).map(|pair| pair.1)
    }

    /// The `code` of a problem, empty when there is none.
    pub fn code(&self) -> String {
        self.json().get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}
