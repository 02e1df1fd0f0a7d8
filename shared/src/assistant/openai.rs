//! Any endpoint that speaks OpenAI's chat completions: OpenAI, Bedrock, Ollama, vLLM and others.

mod call;
mod chunk;
mod events;
mod refusal;
mod request;

use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;

use super::error::chain;
use super::{Assistant, AssistantError, Ending, Finish, Prompt, ReplyFuture, Usage};
use call::Endpoint;
use chunk::{Chunk, NoChunk};
use events::Events;

pub(super) use call::Endpoint as OpenAi;

/// What may still come after the reason that ends an answer: the usage, the end of the stream.
const AFTERMATH: Duration = Duration::from_secs(1);
/// A body that ends by itself leaves its connection to the next call.
const END_OF_BODY: Duration = Duration::from_millis(20);
/// The most that an answer without a stream may have.
const MAX_BYTES: usize = 1 << 20;

const DONE: &str = "[DONE]";

impl Assistant for Endpoint {
    fn answer<'a>(&'a self, prompt: &'a Prompt, pieces: Sender<String>) -> ReplyFuture<'a> {
        Box::pin(async move {
            let response = self.call(prompt).await?;
            let is_json = response
                .headers()
                .get("content-type")
                .is_some_and(|kind| kind.starts_with("application/json"));
            let mut answer = Answer::new(self, prompt, pieces);
            let body = response.into_body();
            let end = if is_json { answer.whole(body).await } else { answer.stream(body).await };
            match end {
                Ok(()) => Ok(answer.ending()),
                Err(End::Alone) => Ok(Ending { finish: Finish::Other, ..answer.ending() }),
                Err(End::Error(error)) => Err(error),
            }
        })
    }
}

/// An answer as far as it has come.
struct Answer<'a> {
    endpoint: &'a Endpoint,
    prompt: &'a Prompt,
    pieces: Sender<String>,
    is_alive: bool,
    characters: usize,
    finish: Option<Finish>,
    usage: Option<(u64, u64)>,
    /// Whether the server has told that nothing more comes that is needed.
    is_over: bool,
}

/// Why an answer is given up.
enum End {
    /// Nobody receives it.
    Alone,
    /// It failed.
    Error(AssistantError),
}

impl<'a> Answer<'a> {
    fn new(endpoint: &'a Endpoint, prompt: &'a Prompt, pieces: Sender<String>) -> Self {
        Self {
            endpoint,
            prompt,
            pieces,
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

    /// Reads a stream of events to its end, which servers mark in different ways.
    async fn stream(&mut self, body: SdkBody) -> Result<(), End> {
        let mut body = ByteStream::new(body);
        let mut events = Events::default();
        loop {
            let next = if self.is_over {
                timeout(AFTERMATH, body.try_next()).await.unwrap_or(Ok(None))
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
                // All that was needed had come.
                Err(_) if self.is_over => return Ok(()),
                Err(error) => return Err(broken(chain(&error))),
            }
        }
        if let Some(data) = events.finish() {
            self.event(&data).await?;
        }
        if self.is_over { Ok(()) } else { Err(broken("the stream ended before the answer")) }
    }

    /// Reads an answer that came at once, since the server can't or won't stream.
    async fn whole(&mut self, body: SdkBody) -> Result<(), End> {
        let mut body = ByteStream::new(body);
        let mut bytes = Vec::new();
        while let Some(more) = body.try_next().await.map_err(|error| broken(chain(&error)))? {
            bytes.extend_from_slice(&more);
            if bytes.len() > MAX_BYTES {
                return Err(broken("an endless answer"));
            }
        }
        self.event(&String::from_utf8_lossy(&bytes)).await.map(drop)
    }

    /// Takes an event; returns whether it says that it is the last one.
    async fn event(&mut self, data: &str) -> Result<bool, End> {
        match data.trim() {
            "" => return Ok(false),
            DONE => {
                self.is_over = true;
                return Ok(true);
            }
            _ => {}
        }
        let chunk = chunk::parse(data).map_err(|none| self.failure(&none))?;
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
        self.pieces.send(chunk.text).await.map_err(|_| End::Alone)
    }

    fn failure(&self, none: &NoChunk) -> End {
        match none {
            NoChunk::Nonsense => broken("an event that is none of a chat completion"),
            NoChunk::Error(event) => {
                let said = self.endpoint.said(event, self.prompt);
                End::Error(AssistantError::Failed(format!("in mid-stream: {said}")))
            }
        }
    }
}

fn broken(why: impl Into<String>) -> End {
    End::Error(AssistantError::Broken(why.into()))
}

impl Endpoint {
    /// What an error object says, fit for the log.
    fn said(&self, body: &Value, prompt: &Prompt) -> String {
        refusal::said(body, self.config.key.as_ref(), prompt)
    }
}

#[cfg(test)]
mod tests;
