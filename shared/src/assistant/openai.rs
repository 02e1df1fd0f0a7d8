//! Any endpoint that speaks OpenAI's chat completions: OpenAI, Bedrock, Ollama, vLLM and others.

mod call;
mod chunk;
mod events;
mod failure;
mod request;

use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;

use super::error::chain;
use super::{Assistant, AssistantError, Ending, Finish, Prompt, ReplyFuture, Usage};
use call::Endpoint;
use chunk::{Chunk, ChunkError};
use events::Events;

pub(super) use call::Endpoint as OpenAi;

/// How long we wait for what may follow the finish reason: the usage, the end of the stream.
const TRAILER_TIMEOUT: Duration = Duration::from_secs(1);
/// How long we wait for the end of the body: the next call can use the connection again then.
const END_OF_BODY: Duration = Duration::from_millis(20);
/// Maximum size of a reply that is not streamed; bytes.
const MAX_BYTES: usize = 1 << 20;

const DONE: &str = "[DONE]";

impl Assistant for Endpoint {
    fn reply<'a>(&'a self, prompt: &'a Prompt, deltas: Sender<String>) -> ReplyFuture<'a> {
        Box::pin(async move {
            let response = self.call(prompt).await?;
            let is_json = response
                .headers()
                .get("content-type")
                .is_some_and(|kind| kind.starts_with("application/json"));
            let mut stream = ReplyStream::new(self, prompt, deltas);
            let body = response.into_body();
            let end = if is_json {
                stream.read_whole(body).await
            } else {
                stream.read_events(body).await
            };
            match end {
                Ok(()) => Ok(stream.ending()),
                Err(End::NoReceiver) => Ok(Ending { finish: Finish::Other, ..stream.ending() }),
                Err(End::Error(error)) => Err(error),
            }
        })
    }
}

/// A reply as far as it has come.
struct ReplyStream<'a> {
    endpoint: &'a Endpoint,
    prompt: &'a Prompt,
    deltas: Sender<String>,
    is_alive: bool,
    characters: usize,
    finish: Option<Finish>,
    usage: Option<(u64, u64)>,
    /// Whether the reply is complete; only the usage may be missing.
    is_over: bool,
}

/// Why a reply is not read to its end.
enum End {
    /// Nobody receives it.
    NoReceiver,
    /// It failed.
    Error(AssistantError),
}

impl<'a> ReplyStream<'a> {
    fn new(endpoint: &'a Endpoint, prompt: &'a Prompt, deltas: Sender<String>) -> Self {
        Self {
            endpoint,
            prompt,
            deltas,
            is_alive: false,
            characters: 0,
            finish: None,
            usage: None,
            is_over: false,
        }
    }

    fn ending(&self) -> Ending {
        let usage = self.usage.map_or_else(
            || Usage::estimate(self.prompt, self.characters),
            |(input_tokens, output_tokens)| Usage { input_tokens, output_tokens, estimated: false },
        );
        Ending { finish: self.finish.unwrap_or(Finish::Other), usage }
    }

    /// Reads a stream of events to its end. Servers mark the end in different ways.
    async fn read_events(&mut self, body: SdkBody) -> Result<(), End> {
        let mut body = ByteStream::new(body);
        let mut events = Events::default();
        loop {
            let next = if self.is_over {
                timeout(TRAILER_TIMEOUT, body.try_next()).await.unwrap_or(Ok(None))
            } else {
                body.try_next().await
            };
            match next {
                Ok(Some(bytes)) => {
                    for data in events.take(&bytes).map_err(|_| broken("an endless event"))? {
                        if self.event(&data).await? {
                            drop(timeout(END_OF_BODY, body.try_next()).await);
                            return Ok(());
                        }
                    }
                }
                Ok(None) => break,
                // The reply was complete already.
                Err(_) if self.is_over => return Ok(()),
                Err(error) => return Err(broken(chain(&error))),
            }
        }
        if let Some(data) = events.finish() {
            self.event(&data).await?;
        }
        if self.is_over { Ok(()) } else { Err(broken("the stream ended before the reply")) }
    }

    /// Reads a reply that is not streamed.
    async fn read_whole(&mut self, body: SdkBody) -> Result<(), End> {
        let mut body = ByteStream::new(body);
        let mut bytes = Vec::new();
        while let Some(more) = body.try_next().await.map_err(|error| broken(chain(&error)))? {
            bytes.extend_from_slice(&more);
            if bytes.len() > MAX_BYTES {
                return Err(broken("an endless reply"));
            }
        }
        self.event(&String::from_utf8_lossy(&bytes)).await.map(drop)
    }

    /// Takes an event; returns whether it is the last one.
    async fn event(&mut self, data: &str) -> Result<bool, End> {
        match data.trim() {
            "" => return Ok(false),
            DONE => {
                self.is_over = true;
                return Ok(true);
            }
            _ => {}
        }
        let chunk = chunk::parse(data).map_err(|error| self.failure(&error))?;
        self.finish = chunk.finish.or(self.finish);
        self.usage = chunk.usage.or(self.usage);
        self.is_over |= chunk.is_last;
        self.send(chunk).await?;
        Ok(false)
    }

    async fn send(&mut self, chunk: Chunk) -> Result<(), End> {
        if chunk.text.is_empty() && self.is_alive {
            return Ok(());
        }
        self.is_alive = true;
        self.characters += chunk.text.chars().count();
        self.deltas.send(chunk.text).await.map_err(|_| End::NoReceiver)
    }

    fn failure(&self, error: &ChunkError) -> End {
        match error {
            ChunkError::Unknown => broken("an event that is not of a chat completion"),
            ChunkError::Failed(event) => {
                let key = self.endpoint.config.key.as_ref();
                let text = failure::error_text(event, key, self.prompt);
                End::Error(AssistantError::Failed(format!("in mid-stream: {text}")))
            }
        }
    }
}

fn broken(why: impl Into<String>) -> End {
    End::Error(AssistantError::Broken(why.into()))
}

#[cfg(test)]
mod tests;
