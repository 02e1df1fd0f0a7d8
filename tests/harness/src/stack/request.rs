//! A request to a stack. Request and response are checked against the contract.

use super::{Client, CookieJar, Response, StreamedResponse};
use crate::gateway::{FromGateway, Misfit};
use crate::http::{Method, header};
use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use serde_json::Value;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

/// A request that is being prepared. Awaiting it sends it.
#[must_use = "nothing happens until it is sent"]
pub struct RequestBuilder {
    client: Client,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    cookies: Vec<String>,
    body: Bytes,
    source_ip: String,
    outside_contract: bool,
}

impl RequestBuilder {
    pub(super) fn new(client: Client, method: Method, path: &str) -> Self {
        let host = client.gateway.address().to_string();
        let headers = [("host", host), ("user-agent", "tessera-harness".to_owned())];
        Self {
            client,
            method,
            path: path.to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            cookies: Vec::new(),
            body: Bytes::new(),
            source_ip: "127.0.0.1".to_owned(),
            outside_contract: false,
        }
    }

    /// Adds to the path's query.
    pub fn query(mut self, query: &str) -> Self {
        let joint = if self.path.contains('?') { '&' } else { '?' };
        self.path = format!("{}{joint}{query}", self.path);
        self
    }

    /// Adds a header; the same name twice is sent twice.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends a header with these values, instead of those that it had.
    pub fn replace(mut self, name: &str, values: &[&str]) -> Self {
        self.headers.retain(|(given, _)| given != name);
        values.iter().fold(self, |request, value| request.header(name, value))
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

    /// Does not check this request and its response against `openapi.yaml`.
    pub fn outside_contract(mut self) -> Self {
        self.outside_contract = true;
        self
    }

    /// Sends it.
    ///
    /// # Panics
    /// When the response breaks the contract, or there is none.
    #[expect(clippy::panic, reason = "a test that breaks the contract must fail")]
    pub async fn send(self) -> Response {
        let what = format!("{} {}", self.method, self.path);
        match self.try_send().await {
            Ok(response) => response,
            Err(error) => panic!("{what}: {error:#}"),
        }
    }

    /// Sends it; a response that breaks the contract, or is cut off, is an error.
    pub async fn try_send(self) -> Result<Response> {
        self.try_stream().await?.collect().await
    }

    /// Sends it, and returns the response as soon as its head is there; dropping it hangs up.
    ///
    /// # Panics
    /// When the head breaks the contract, or there is none.
    #[expect(clippy::panic, reason = "a test that breaks the contract must fail")]
    pub async fn stream(self) -> StreamedResponse {
        let what = format!("{} {}", self.method, self.path);
        match self.try_stream().await {
            Ok(response) => response,
            Err(error) => panic!("{what}: {error:#}"),
        }
    }

    /// The same; a head that breaks the contract is an error.
    pub async fn try_stream(self) -> Result<StreamedResponse> {
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
        let found = self.client.gateway.route_of(&request);
        let path = request.uri().path();
        // The contract has the paths below the domain name.
        let direct = found.as_ref().filter(|found| found.direct);
        let path = direct
            .and_then(|found| found.route.public_path(path))
            .unwrap_or_else(|| path.to_owned());
        let kind = request.headers().get(header::CONTENT_TYPE).cloned();
        let response = self.client.gateway.call(request, &self.source_ip).await?;
        if let Some(Misfit(why)) = response.extensions().get() {
            bail!("{why}");
        }
        let from_gateway = response.extensions().get::<FromGateway>().is_some();
        // The contract does not list the preflights of browsers.
        let checked = !from_gateway && !self.outside_contract && self.method != Method::OPTIONS;
        let contract = self.client.openapi.as_ref().filter(|_| checked);
        let (status, method) = (response.status().as_u16(), self.method.as_str());
        let function = found.map(|found| found.function);
        if let Some(contract) = contract {
            contract
                .check_head(method, &path, status, response.headers())
                .context("the response breaks openapi.yaml")?;
            if (200..300).contains(&status) {
                let kind = kind.as_ref().and_then(|kind| kind.to_str().ok());
                contract
                    .check_request(method, &path, kind, &self.body)
                    .context("openapi.yaml does not allow a request that succeeded")?;
            }
        }
        let contract = contract.map(|contract| (Arc::clone(contract), self.method, path));
        Ok(StreamedResponse::new(response, function, started, contract))
    }
}

impl IntoFuture for RequestBuilder {
    type Output = Response;
    type IntoFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
