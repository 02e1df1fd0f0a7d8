//! Replies as UI message streams of the AI SDK, version 1, which `useChat` reads.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::IgnoredParts;
use super::log::Entry;
use crate::app::chat::{Reply, ReplyEvent};
use crate::model::Ending;
use crate::problem::Problem;

/// A comment is sent this often, since a proxy may close a connection that is silent.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// The id of the only part of a reply.
const PART: &str = "0";

/// A reply on its way to the client, as server-sent events.
#[derive(Debug)]
pub(super) struct UiMessages {
    reply: Reply,
    /// The log's entry of the request, until its line is written.
    entry: Option<Entry>,
    /// The first events, until they are sent.
    begun: Option<String>,
    quiet: Interval,
    ended: bool,
}

impl UiMessages {
    /// Waits for the first words of the reply if this request has sent the question, so that a reply
    /// without any is a problem. If the request joins a running reply, the stream begins at once,
    /// since the next words may take long.
    pub(super) async fn begin(mut reply: Reply, ignored: &IgnoredParts) -> Result<Self, Problem> {
        let turn = &reply.turn;
        let mut metadata = json!({
            "conversation_id": turn.conversation_id,
            "user_message_id": turn.question_id,
            "interaction_id": turn.interaction_id,
            "parent_id": turn.parent_id,
            "branched": turn.branched,
        });
        ignored.add_to(&mut metadata);
        let mut begun = event(&json!({
            "type": "start",
            "messageId": turn.reply_id.to_string(),
            "messageMetadata": metadata,
        }));
        begun += &event(&json!({ "type": "start-step" }));
        begun += &event(&json!({ "type": "text-start", "id": PART }));
        let (first, ended) = if reply.history.is_none() {
            (String::new(), false)
        } else {
            match reply.next().await {
                ReplyEvent::Delta(text) => (delta(&text), false),
                ReplyEvent::Finished(ending) => (end(&reply, ending), true),
                ReplyEvent::Failed(problem) => return Err(problem),
            }
        };
        let mut quiet = interval(KEEP_ALIVE);
        // Otherwise the first tick would come at once.
        quiet.reset();
        quiet.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self { reply, entry: None, begun: Some(begun + &first), quiet, ended })
    }

    /// Leaves it to the stream to write the request's line when it ends.
    pub(super) fn with_entry(mut self, entry: Entry) -> Self {
        self.entry = Some(entry);
        if self.ended {
            self.log(None);
        }
        self
    }

    fn log(&mut self, problem: Option<&Problem>) {
        if let Some(entry) = self.entry.take() {
            entry.streamed(problem);
        }
    }

    /// What is sent for an event of the reply.
    fn events(&mut self, next: ReplyEvent) -> String {
        match next {
            ReplyEvent::Delta(text) => delta(&text),
            ReplyEvent::Finished(ending) => {
                self.ended = true;
                self.log(None);
                end(&self.reply, ending)
            }
            ReplyEvent::Failed(problem) => {
                self.ended = true;
                // The head was sent with 200: only the log and this event can report the problem.
                self.log(Some(&problem));
                event(&json!({ "type": "error", "errorText": problem.to_string() })) + DONE
            }
        }
    }
}

const DONE: &str = "data: [DONE]\n\n";

fn event(value: &Value) -> String {
    format!("data: {value}\n\n")
}

fn delta(text: &str) -> String {
    event(&json!({ "type": "text-delta", "id": PART, "delta": text }))
}

fn end(reply: &Reply, ending: Ending) -> String {
    let mut metadata = json!({ "usage": ending.usage });
    if let (Some(history), Some(metadata)) = (reply.history, metadata.as_object_mut()) {
        metadata.insert("history".to_owned(), json!(history));
    }
    [
        json!({ "type": "text-end", "id": PART }),
        json!({ "type": "finish-step" }),
        json!({ "type": "finish", "finishReason": ending.finish, "messageMetadata": metadata }),
    ]
    .iter()
    .map(event)
    .collect::<String>()
        + DONE
}

/// The client or the time has gone before the end.
impl Drop for UiMessages {
    fn drop(&mut self) {
        self.log(None);
    }
}

impl Body for UiMessages {
    type Data = Bytes;
    type Error = Infallible;

    /// Never fails, since the runtime would write an error into the body as text.
    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let text = if let Some(begun) = this.begun.take() {
            begun
        } else if this.ended {
            return Poll::Ready(None);
        } else if let Poll::Ready(next) = this.reply.poll_next(context) {
            this.quiet.reset();
            this.events(next)
        } else if this.quiet.poll_tick(context).is_ready() {
            ": keep-alive\n\n".to_owned()
        } else {
            return Poll::Pending;
        };
        Poll::Ready(Some(Ok(Frame::data(text.into()))))
    }
}
