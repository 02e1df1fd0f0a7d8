use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::ProviderError;
use super::answer::Answer;
use crate::causes;
use crate::connection::connector_to_others;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// From connecting to the last byte of the answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// For all calls of an operation. API Gateway waits for 30 seconds.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum size of an answer that is read; bytes. The longest are sets of keys with certificates.
const MAX_BYTES: usize = 64 * 1024;

/// Calls providers. It follows no redirect, so that no secret goes where the configuration does not say.
#[derive(Debug, Clone)]
pub(super) struct Client {
    connector: SharedHttpConnector,
}

impl Client {
    /// Connects to nothing yet. `ca_bundle` replaces Mozilla's roots.
    pub(super) fn new(ca_bundle: Option<&[u8]>) -> Self {
        Self::with_connector(connector_to_others(ca_bundle, CONNECT_TIMEOUT))
    }

    pub(super) fn with_connector(connector: SharedHttpConnector) -> Self {
        Self { connector }
    }

    /// Reads a URL, with an access token if there is one.
    pub(super) async fn get(
        &self,
        url: &str,
        access_token: Option<&SecretString>,
    ) -> Result<Answer, ProviderError> {
        let token = access_token.map(|token| format!("Bearer {}", token.expose_secret()).into());
        self.call(request("GET", url, SdkBody::empty(), token)).await
    }

    /// Sends a form, and what authenticates us if the form does not.
    pub(super) async fn post(
        &self,
        url: &str,
        form: &SecretString,
        authorization: Option<SecretString>,
    ) -> Result<Answer, ProviderError> {
        let body = SdkBody::from(form.expose_secret());
        self.call(request("POST", url, body, authorization)).await
    }

    async fn call(&self, request: Result<HttpRequest, HttpError>) -> Result<Answer, ProviderError> {
        // The error would repeat what can't be sent, which may be a token.
        let request = request.map_err(|_| unreachable("the request can't be written"))?;
        let answer = timeout(CALL_TIMEOUT, self.exchange(request)).await;
        answer.unwrap_or_else(|_| Err(unreachable("no answer within five seconds")))
    }

    async fn exchange(&self, request: HttpRequest) -> Result<Answer, ProviderError> {
        let called = self.connector.call(request).await;
        let response = called.map_err(|error| unreachable(&causes::on_one_line(&error)))?;
        let status = response.status().as_u16();
        Answer::read(status, &body(response).await?)
    }
}

/// Limits the time of an operation of several calls.
pub(super) async fn in_time<T>(
    operation: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    let outcome = timeout(OPERATION_TIMEOUT, operation).await;
    outcome.unwrap_or_else(|_| Err(unreachable("no outcome within ten seconds")))
}

fn request(
    method: &str,
    url: &str,
    body: SdkBody,
    authorization: Option<SecretString>,
) -> Result<HttpRequest, HttpError> {
    let mut request = HttpRequest::new(body);
    request.set_method(method)?;
    request.set_uri(url)?;
    let headers = request.headers_mut();
    // GitHub answers in other forms to who does not ask for JSON, and not at all to who has no name.
    headers.try_insert("accept", "application/json")?;
    headers.try_insert("user-agent", "tessera")?;
    if method == "POST" {
        headers.try_insert("content-type", "application/x-www-form-urlencoded")?;
    }
    if let Some(authorization) = authorization {
        headers.try_insert("authorization", authorization.expose_secret().to_owned())?;
    }
    Ok(request)
}

async fn body(response: HttpResponse) -> Result<Vec<u8>, ProviderError> {
    let mut body = ByteStream::new(response.into_body());
    let mut bytes = Vec::new();
    let broken = |error| unreachable(&causes::on_one_line(&error));
    while let Some(more) = body.try_next().await.map_err(broken)? {
        if bytes.len() + more.len() > MAX_BYTES {
            return Err(unreachable("an answer of more than 64 KB"));
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

fn unreachable(text: &str) -> ProviderError {
    ProviderError::Unreachable(text.to_owned())
}
