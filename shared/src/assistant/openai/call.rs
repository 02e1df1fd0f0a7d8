//! The call: connection, key, and the form of request that was learnt.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use secrecy::ExposeSecret;

use super::dialect::Dialect;
use super::request::body;
use super::{RefusedRequest, failure};
use crate::assistant::lost::{at_once, never_connected};
use crate::assistant::{AssistantError, Prompt, Sink, retry_after};
use crate::causes;
use crate::config::OpenAiConfig;
use crate::connection::connector_to_others;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum that is read of an error's body; bytes.
const MAX_BYTES: usize = 64 * 1024;
/// Statuses of a request whose form is refused. A template that fails is often a 500.
const REFUSED_FORM: [u16; 4] = [400, 422, 500, 501];

/// An endpoint, and the form of request that it takes.
#[derive(Debug)]
pub(in crate::assistant) struct Endpoint {
    pub(super) config: OpenAiConfig,
    connector: SharedHttpConnector,
    dialect: Mutex<Dialect>,
}

/// What came of a call.
pub(super) enum Called {
    /// The reply begins; this is the body.
    Response(SdkBody),
    /// There is none.
    Refused(RefusedRequest),
}

impl Endpoint {
    /// Connects to nothing yet.
    pub(in crate::assistant) fn new(config: OpenAiConfig) -> Self {
        let connector = connector_to_others(config.ca_bundle.as_deref(), CONNECT_TIMEOUT);
        Self::with_connector(config, connector)
    }

    pub(super) fn with_connector(config: OpenAiConfig, connector: SharedHttpConnector) -> Self {
        Self { config, connector, dialect: Mutex::default() }
    }

    /// Sends the prompt; the reply is not read yet.
    pub(super) async fn call(
        &self,
        prompt: &Prompt,
        dialect: Dialect,
        sink: &Sink<'_>,
    ) -> Result<Called, AssistantError> {
        let request = self.request(prompt, dialect).map_err(|error| {
            sink.refused();
            AssistantError::Refused(format!("it can't be sent: {}", causes::on_one_line(&error)))
        })?;
        if !dialect.streams {
            // The first byte comes when the whole reply is made.
            sink.responds();
        }
        let (result, was_at_once) = at_once(self.connector.call(request)).await;
        let response = result.map_err(|error| {
            if was_at_once || never_connected(&error) {
                sink.refused();
            }
            AssistantError::Unreachable(causes::on_one_line(&error))
        })?;
        let status = response.status().as_u16();
        if response.status().is_success() {
            sink.responds();
            return Ok(Called::Response(response.into_body()));
        }
        let headers = response.headers().clone();
        let text = beginning(response).await;
        let error = failure::of_status(status, &text, self.config.key.as_ref(), prompt);
        if failure::TIMED_OUT.contains(&status) {
            return Err(error);
        }
        let wait = retry_after::of(&headers).or_else(|| failure::retry_delay(&text));
        let error = error.with_retry_after(wait);
        let text = if REFUSED_FORM.contains(&status) { text } else { String::new() };
        Ok(Called::Refused(RefusedRequest { error, text }))
    }

    /// The form of request that works, as far as it is known.
    pub(super) fn dialect(&self) -> Dialect {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the error says that another form works. That form is used from now on.
    pub(super) fn learn(&self, used: Dialect, error: &str, prompt: &Prompt) -> bool {
        let learnt = used.after(error, prompt);
        if let Some(dialect) = learnt {
            *self.dialect.lock().unwrap_or_else(PoisonError::into_inner) = dialect;
        }
        learnt.is_some()
    }

    fn request(&self, prompt: &Prompt, dialect: Dialect) -> Result<HttpRequest, HttpError> {
        let mut request = HttpRequest::new(SdkBody::from(body(&self.config, prompt, dialect)));
        request.set_method("POST")?;
        request.set_uri(format!("{}/chat/completions", self.config.base_url))?;
        let headers = request.headers_mut();
        headers.try_insert("content-type", "application/json")?;
        headers.try_insert("accept", "text/event-stream")?;
        headers.try_insert("user-agent", "tessera")?;
        if let Some(key) = &self.config.key {
            headers.try_insert("authorization", format!("Bearer {}", key.expose_secret()))?;
        }
        Ok(request)
    }
}

/// The beginning of a body, as far as it can be read.
async fn beginning(response: HttpResponse) -> String {
    let mut body = ByteStream::new(response.into_body());
    let mut bytes = Vec::new();
    while bytes.len() < MAX_BYTES
        && let Ok(Some(more)) = body.try_next().await
    {
        bytes.extend_from_slice(&more);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
