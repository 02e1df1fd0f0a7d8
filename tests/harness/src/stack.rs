//! Everything together: an engine, the proxy, the functions' processes and the gateway.
//! A test starts its own; it costs some milliseconds, since processes start when needed.

mod builder;
mod client;
mod cookies;
mod logs;
mod mails;
mod request;
mod response;
mod streamed;

pub use builder::{StackBuilder, TEST_PROVIDER, TEST_SECRET};
pub use client::{Client, PASSWORD, User, sign_up_body};
pub use cookies::CookieJar;
pub use request::RequestBuilder;
pub use response::Response;
pub use streamed::{Chunk, StreamedResponse};

use crate::engine::{Engine, StreamReader};
use crate::gateway::Gateway;
use crate::outbox::Outbox;
use crate::provider::TestProvider;
use crate::proxy::{Proxy, Recorder};
use crate::runtime::{Outcome, Runtime};
use crate::tls::TlsEndpoint;
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use template::Template;
use tokio::sync::Mutex;

/// A whole Tessera on this machine.
pub struct Stack {
    /// The table, to be prepared and looked at.
    pub engine: Engine,
    /// The table of signing keys.
    pub keys: Engine,
    /// Where faults are injected.
    pub proxy: Proxy,
    /// What the functions called.
    pub recorder: Arc<Recorder>,
    /// The functions' processes.
    pub runtime: Arc<Runtime>,
    /// Routes requests.
    pub gateway: Arc<Gateway>,
    /// Where the mails go.
    pub outbox: Outbox,
    /// What all of it was made from.
    pub template: Template,
    provider: Option<TestProvider>,
    client: Client,
    stream: Mutex<StreamReader>,
    _logs: logs::ShownOnPanic,
    _tls: Option<TlsEndpoint>,
}

impl Stack {
    /// A stack with an empty table and the settings of tests.
    ///
    /// # Panics
    /// When it cannot start.
    #[expect(clippy::panic, reason = "tests need no error to handle here")]
    pub async fn start() -> Self {
        match Self::builder().start().await {
            Ok(stack) => stack,
            Err(error) => panic!("the stack does not start: {error:#}"),
        }
    }

    /// A stack with other settings.
    pub fn builder() -> StackBuilder {
        StackBuilder::default()
    }

    /// The stack's own provider, with whose accounts users sign in.
    ///
    /// # Panics
    /// When the test has brought one.
    #[expect(clippy::panic, reason = "tests need no error to handle here")]
    pub fn provider(&self) -> &TestProvider {
        match &self.provider {
            Some(provider) => provider,
            None => panic!("the stack has no provider of its own"),
        }
    }

    /// The gateway's URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.gateway.address())
    }

    /// Gives a function an event and returns its response.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value> {
        match self.runtime.invoke(function, event.to_string().into()).await? {
            Outcome::Response(body) => Ok(serde_json::from_slice(&body)?),
            Outcome::Stream(body) => bail!(
                "{function} streams: {:?}",
                body.whole().await.map(|body| String::from_utf8_lossy(&body).into_owned())
            ),
            Outcome::Error(body) => bail!("{function} failed: {}", String::from_utf8_lossy(&body)),
            Outcome::Died => bail!("{function} died: {:?}", self.logs(function)?),
        }
    }

    /// Gives the table's new stream records to the functions that want them, as Lambda's event
    /// source does, and says how many were given. A failing batch is not repeated.
    pub async fn deliver_stream(&self) -> Result<usize> {
        let records = self.stream.lock().await.next(&self.engine).await?;
        let mut given = 0;
        for function in &self.template.functions {
            for stream in &function.streams {
                let wanted: Vec<&Value> = records.iter().filter(|r| stream.wants(r)).collect();
                for batch in wanted.chunks(stream.batch_size.max(1)) {
                    let done = self.invoke(&function.name, &json!({ "Records": batch })).await?;
                    let left = done.get("batchItemFailures").and_then(Value::as_array);
                    if left.is_some_and(|left| !left.is_empty()) {
                        bail!("{} could not do {left:?}", function.name);
                    }
                    given += batch.len();
                }
            }
        }
        Ok(given)
    }

    /// What a function's processes have written so far, line by line.
    pub fn logs(&self, function: &str) -> Result<Vec<String>> {
        self.runtime.logs(function)
    }

    /// Waits for a log line that contains `text`, five seconds at most: lines arrive a little
    /// after the response.
    pub async fn log_line(&self, function: &str, text: &str) -> Result<String> {
        let started = Instant::now();
        loop {
            let lines = self.logs(function)?;
            if let Some(line) = lines.iter().find(|line| line.contains(text)) {
                return Ok(line.clone());
            }
            if started.elapsed() > Duration::from_secs(5) {
                bail!("{function} has not logged {text:?}, but {lines:#?}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Starts the processes of these functions and forgets what they called on the way, so that
    /// the next calls recorded are those of requests.
    pub async fn warm(&self, functions: &[&str]) -> Result<()> {
        for function in functions {
            self.runtime.warm(function).await.with_context(|| format!("warming {function}"))?;
        }
        self.recorder.take();
        Ok(())
    }
}
