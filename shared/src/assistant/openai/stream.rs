//! A reply as it comes.

use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;
use tokio::time::timeout;

use super::RefusedRequest;
use super::body::Body;
use super::call::Endpoint;
use super::choice::Reason;
use super::chunk::{self, Chunk, ChunkError};
use super::counts::counts;
use super::events::Event;
use super::failure;
use crate::assistant::{AssistantError, Finish, Prompt, Sink};
use crate::causes;

/// How long we wait for what may follow the finish reason: the usage, the end of the stream.
const TRAILER_TIMEOUT: Duration = Duration::from_secs(1);
/// The same after a reason that came with text. Some servers put one into each event.
const DOUBTFUL_TIMEOUT: Duration = Duration::from_secs(5);
/// How long we wait for the end of the body: the next call can use the connection again then.
const END_OF_BODY: Duration = Duration::from_millis(20);

const DONE: &str = "[DONE]";

/// A reply as far as it has come.
pub(super) struct ReplyStream<'a> {
    endpoint: &'a Endpoint,
    prompt: &'a Prompt,
    sink: &'a Sink<'a>,
    finish: Option<Finish>,
    progress: Progress,
    /// Whether an event of a chat completion came.
    is_completion: bool,
    /// What came. If nothing came before an error, the request was refused.
    begun: Begun,
    /// Whether deltas came: a whole message after them repeats them.
    has_deltas: bool,
    /// Whether more of the reply came after a reason: the reasons in such events mean nothing.
    reasons_are_idle: bool,
}

/// How much of a reply came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Begun {
    Nothing,
    Reasoning,
    Text,
}

/// How near a reply is to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    /// If the stream ends now, the reply broke off.
    Running,
    /// The reply is complete if the stream ends now. If the connection breaks, it broke off.
    MayEnd,
    /// The reply is probably complete.
    ProbablyOver,
    /// The reply is complete; only the usage may be missing.
    Over,
}

/// Why a reply is not read to its end.
pub(super) enum End {
    /// Nobody receives it.
    NoReceiver,
    /// The endpoint refused the request in its first event.
    Refused(RefusedRequest),
    /// It failed.
    Error(AssistantError),
}

impl<'a> ReplyStream<'a> {
    pub(super) fn new(endpoint: &'a Endpoint, prompt: &'a Prompt, sink: &'a Sink<'a>) -> Self {
        Self {
            endpoint,
            prompt,
            sink,
            finish: None,
            progress: Progress::Running,
            is_completion: false,
            begun: Begun::Nothing,
            has_deltas: false,
            reasons_are_idle: false,
        }
    }

    /// Reads the body to the end of the reply, which servers mark in different ways.
    pub(super) async fn read(mut self, body: SdkBody) -> Result<Finish, End> {
        let mut bytes = ByteStream::new(body);
        let mut body = Body::Empty;
        loop {
            let next = bytes.try_next();
            let next = match self.progress {
                Progress::Running | Progress::MayEnd => next.await,
                Progress::ProbablyOver => timeout(DOUBTFUL_TIMEOUT, next).await.unwrap_or(Ok(None)),
                Progress::Over => timeout(TRAILER_TIMEOUT, next).await.unwrap_or(Ok(None)),
            };
            match next {
                Ok(Some(bytes_of_body)) => {
                    let events =
                        body.take(&bytes_of_body).map_err(|_| broken("an endless event"))?;
                    for event in events {
                        if self.event(&event).await? {
                            drop(timeout(END_OF_BODY, bytes.try_next()).await);
                            return self.end();
                        }
                    }
                }
                Ok(None) => break,
                Err(_) if self.progress >= Progress::ProbablyOver => return self.end(),
                Err(error) => return Err(broken(causes::on_one_line(&error))),
            }
        }
        self.finish_body(body).await
    }

    /// The body has ended.
    async fn finish_body(mut self, body: Body) -> Result<Finish, End> {
        let (is_empty, is_json) = (matches!(body, Body::Empty), body.is_json());
        let events = body.finish();
        let is_page = !is_empty && !is_json && events.is_empty() && !self.is_completion;
        for event in events {
            self.event(&event).await?;
        }
        if is_json && self.is_completion {
            self.progress = Progress::Over;
        }
        if (is_page || is_json) && !self.is_completion {
            // A page, or JSON of something else: no model has replied.
            self.sink.refused();
        }
        self.end()
    }

    fn end(self) -> Result<Finish, End> {
        match self.progress {
            _ if !self.is_completion => Err(broken("what came is not of a chat completion")),
            Progress::Running => Err(broken("the stream ended before the reply")),
            _ => Ok(self.finish.unwrap_or(Finish::Other)),
        }
    }

    /// Takes an event; returns whether it is the last one.
    async fn event(&mut self, event: &Event) -> Result<bool, End> {
        match event.data.trim() {
            "" => return Ok(false),
            DONE => {
                self.progress = Progress::Over;
                return Ok(true);
            }
            _ => {}
        }
        match chunk::parse(&event.data, event.is_error) {
            Ok(chunk) => self.chunk(chunk).await.map(|()| false),
            Err(ChunkError::Malformed) => {
                Err(broken("an event is cut; it is not of a chat completion"))
            }
            // The reply was complete already.
            Err(ChunkError::Failed(_)) if self.progress == Progress::Over => Ok(true),
            Err(ChunkError::Failed(event)) => Err(self.failure(&event)),
        }
    }

    async fn chunk(&mut self, chunk: Chunk) -> Result<(), End> {
        self.is_completion |= chunk.is_completion;
        let repeats = self.has_deltas && !chunk.is_delta;
        self.has_deltas |= chunk.is_delta;
        let text = if repeats { String::new() } else { chunk.text };
        let came = match (text.is_empty(), chunk.reasoning.is_empty()) {
            (false, _) => Begun::Text,
            (true, false) => Begun::Reasoning,
            (true, true) => Begun::Nothing,
        };
        self.begun = self.begun.max(came);
        if came > Begun::Nothing && self.progress == Progress::ProbablyOver {
            self.reasons_are_idle = true;
            self.progress = Progress::MayEnd;
        }
        let progress = match chunk.reason {
            Some(Reason::Known(finish)) => {
                self.finish = Some(finish);
                match came {
                    Begun::Nothing => Progress::Over,
                    _ if self.reasons_are_idle || self.begun < Begun::Text => Progress::MayEnd,
                    _ => Progress::ProbablyOver,
                }
            }
            Some(Reason::Unknown | Reason::Failed) => Progress::MayEnd,
            None if chunk.has_no_choice
                && chunk.counts.is_some()
                && self.begun > Begun::Nothing =>
            {
                Progress::MayEnd
            }
            None => Progress::Running,
        };
        self.progress = self.progress.max(progress);
        self.sink.hidden(&chunk.reasoning);
        let passed_on = self.sink.text(text).await;
        // It counts the text of the same event as well.
        if let Some(counts) = chunk.counts {
            self.sink.counted(counts);
        }
        passed_on.map_err(|_| End::NoReceiver)
    }

    /// An error that the endpoint reports in the stream.
    fn failure(&self, event: &Value) -> End {
        let error = failure::of_event(event, self.endpoint.config.key.as_ref(), self.prompt);
        let counts = counts(event);
        if let Some(counts) = counts {
            self.sink.counted(counts);
        }
        if self.begun > Begun::Nothing || counts.is_some() || failure::timed_out(event) {
            End::Error(error)
        } else {
            End::Refused(RefusedRequest { error, text: event.to_string() })
        }
    }
}

fn broken(why: impl Into<String>) -> End {
    End::Error(AssistantError::Broken(why.into()))
}
