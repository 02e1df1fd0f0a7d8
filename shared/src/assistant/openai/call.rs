//! The call: connection, key, and the two fields that some endpoints need and others refuse.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use secrecy::ExposeSecret;

use super::failure;
use super::request::{Dialect, body};
use crate::assistant::error::chain;
use crate::assistant::{AssistantError, Prompt};
use crate::config::OpenAiConfig;
use crate::connection::{MOZILLA_ROOTS, connector};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum that is read of an error's body; bytes.
const MAX_BYTES: usize = 64 * 1024;

/// An endpoint, and the form of request that it takes.
#[derive(Debug)]
pub(in crate::assistant) struct Endpoint {
    pub(super) config: OpenAiConfig,
    connector: SharedHttpConnector,
    wants_completion_tokens: AtomicBool,
    refuses_stream_options: AtomicBool,
}

impl Endpoint {
    /// Parses the trust roots, if they are needed; connects to nothing yet.
    pub(in crate::assistant) fn new(config: OpenAiConfig) -> Self {
        let roots = config.ca_bundle.as_deref().unwrap_or(MOZILLA_ROOTS);
        let roots = if config.base_url.starts_with("https:") { roots } else { &[] };
        Self {
            connector: connector(roots, CONNECT_TIMEOUT),
            config,
            wants_completion_tokens: AtomicBool::new(false),
            refuses_stream_options: AtomicBool::new(false),
        }
    }

    /// Sends the prompt; the response's body is not read yet. A request that is refused for its form
    /// is sent again in the other form.
    pub(super) async fn call(&self, prompt: &Prompt) -> Result<HttpResponse, AssistantError> {
        loop {
            let dialect = self.dialect();
            let request = self.request(prompt, dialect).map_err(|error| {
                AssistantError::Refused(format!("it can't be sent: {}", chain(&error)))
            })?;
            let response = self
                .connector
                .call(request)
                .await
                .map_err(|error| AssistantError::Unreachable(chain(&error)))?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            let text = beginning(response.into_body()).await;
            if !(matches!(status.as_u16(), 400 | 422) && self.learn(dialect, &text)) {
                return Err(failure::error(
                    status.as_u16(),
                    &text,
                    self.config.key.as_ref(),
                    prompt,
                ));
            }
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect {
            completion_tokens: self.wants_completion_tokens.load(Ordering::Relaxed),
            stream_options: !self.refuses_stream_options.load(Ordering::Relaxed),
        }
    }

    /// Whether the error says that another form works. That form is used from now on.
    fn learn(&self, used: Dialect, error: &str) -> bool {
        let tokens = !used.completion_tokens && error.contains("max_completion_tokens");
        let options = used.stream_options && error.contains("stream_options");
        self.wants_completion_tokens.fetch_or(tokens, Ordering::Relaxed);
        self.refuses_stream_options.fetch_or(options, Ordering::Relaxed);
        tokens || options
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
async fn beginning(body: SdkBody) -> String {
    let mut body = ByteStream::new(body);
    let mut bytes = Vec::new();
    while bytes.len() < MAX_BYTES
        && let Ok(Some(more)) = body.try_next().await
    {
        bytes.extend_from_slice(&more);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
