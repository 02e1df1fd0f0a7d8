//! Turns of a chat: a question, and the assistant's reply to it.

mod count_usage;
mod find;
mod follower;
mod job;
mod join;
mod lease_renewal;
mod plan;
mod reply;
mod stack_quota;
mod start;
mod take_over;
mod title;
mod turn_status;

use std::future::poll_fn;
use std::str::FromStr;
use std::task::{Context, Poll};

use serde::Serialize;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::id::ConversationId;
use crate::log::{self, of_this_request};
use crate::model::{Ending, IdempotencyKey, QuotaRemaining, Turn};
use crate::placement::Sent;
use crate::problem::Problem;
use crate::text::ClientId;

pub(super) use stack_quota::StackQuota;

/// Where a reply's events go; its client may have disconnected.
type Events = UnboundedSender<ReplyEvent>;

/// A request of a chat.
#[derive(Debug)]
pub struct ChatRequest {
    /// The conversation; `None` makes a new one.
    pub chat: Option<Chat>,
    /// What the turn is about.
    pub sent: Sent,
    /// A repeated request with this key is the same turn, whatever its trigger.
    pub key: Option<IdempotencyKey>,
}

impl ChatRequest {
    /// The client's own id of the conversation, if it names one.
    fn alias(&self) -> Option<&ClientId> {
        match &self.chat {
            Some(Chat::Alias(alias)) => Some(alias),
            Some(Chat::Conversation(_)) | None => None,
        }
    }

    /// The fingerprint of the request's body, if it has an idempotency key.
    fn body(&self) -> Option<&str> {
        self.key.as_ref().map(IdempotencyKey::body)
    }
}

/// How a client names a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chat {
    /// By its id.
    Conversation(ConversationId),
    /// By an id of the client's own.
    Alias(ClientId),
}

impl Chat {
    /// The name as the client writes it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Conversation(id) => id.to_string(),
            Self::Alias(alias) => alias.as_str().to_owned(),
        }
    }
}

/// At most nine digits are the id of a conversation, any other text is the client's own id.
impl FromStr for Chat {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let parsed = if ConversationId::is_named_by(text) {
            ConversationId::named_by(text).map(Self::Conversation)
        } else {
            text.parse().ok().map(Self::Alias)
        };
        parsed.ok_or(Problem::ConversationNotFound)
    }
}

/// A reply that is complete or running.
#[derive(Debug)]
pub struct Reply {
    /// The turn.
    pub turn: Turn,
    /// How much of the conversation the assistant saw; `None` where another request started the run.
    pub history: Option<History>,
    /// What remains of the day's quota; `None` where the request asked no question.
    pub quota_remaining: Option<QuotaRemaining>,
    /// The events of the reply, as they come.
    pub events: UnboundedReceiver<ReplyEvent>,
}

impl Reply {
    /// The reply of a turn that `make` makes in a task of its own: a client that disconnects must not lose it.
    fn spawn<F>(
        turn: Turn,
        history: Option<History>,
        quota_remaining: Option<QuotaRemaining>,
        make: impl FnOnce(Events) -> F,
    ) -> Self
    where
        F: Future<Output = Result<Ending, Problem>> + Send + 'static,
    {
        log::note("interaction_id", turn.interaction_id.as_str());
        let (sender, events) = mpsc::unbounded_channel();
        let reply = make(sender.clone());
        tokio::spawn(of_this_request(async move {
            let last = reply.await.map_or_else(ReplyEvent::Failed, ReplyEvent::Finished);
            // The client may have disconnected.
            let _ = sender.send(last);
        }));
        Self { turn, history, quota_remaining, events }
    }

    /// The next event of the reply. Nothing follows the first [`ReplyEvent::Finished`] or
    /// [`ReplyEvent::Failed`].
    pub async fn next(&mut self) -> ReplyEvent {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// The same for callers that poll. Events that end without a last one are a failure: the turn
    /// was interrupted.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<ReplyEvent> {
        let event = self.events.poll_recv(context);
        event.map(|event| event.unwrap_or(ReplyEvent::Failed(Problem::TurnInterrupted)))
    }

    /// Waits for the whole reply.
    pub async fn whole(mut self) -> Result<(String, Ending), Problem> {
        let mut text = String::new();
        loop {
            match self.next().await {
                ReplyEvent::Delta(delta) => text.push_str(&delta),
                ReplyEvent::Finished(ending) => return Ok((text, ending)),
                ReplyEvent::Failed(problem) => return Err(problem),
            }
        }
    }
}

/// How much of a conversation an assistant saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct History {
    /// Number of messages before the question that it saw.
    pub messages: usize,
    /// Whether older ones were left out.
    pub truncated: bool,
}

/// What happens while a reply streams.
#[derive(Debug)]
pub enum ReplyEvent {
    /// The next part of the text.
    Delta(String),
    /// The reply is complete, and stored.
    Finished(Ending),
    /// There is no reply.
    Failed(Problem),
}
