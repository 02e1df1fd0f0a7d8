//! Turns of a chat: what is asked, who answers, and what comes of it.

mod answer;
mod join;
mod keeper;
mod plan;
mod standing;
mod start;

use std::future::poll_fn;
use std::str::FromStr;
use std::task::{Context, Poll};

use serde::Serialize;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::id::ConversationId;
use crate::model::{Ending, IdempotencyKey, Turn};
use crate::problem::Problem;
use crate::text::{ClientId, Content};

/// A request of a chat.
#[derive(Debug)]
pub struct ChatRequest {
    /// Where it happens; `None` makes a conversation.
    pub chat: Option<Chat>,
    /// What is wanted.
    pub ask: Trigger,
    /// Makes a repeated request the same turn, whatever it asks for.
    pub key: Option<IdempotencyKey>,
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

    /// The client's own id, if it is one.
    fn alias(&self) -> Option<&ClientId> {
        match self {
            Self::Conversation(_) => None,
            Self::Alias(alias) => Some(alias),
        }
    }
}

/// Digits are the id of a conversation of ours, anything else is the client's own.
impl FromStr for Chat {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let ours = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let parsed = if ours {
            text.parse().ok().map(Self::Conversation)
        } else {
            text.parse().ok().map(Self::Alias)
        };
        parsed.ok_or(Problem::ConversationNotFound)
    }
}

/// What is wanted of a turn.
#[derive(Debug)]
pub enum Trigger {
    /// An answer to a message.
    Submit {
        /// The message.
        asked: NewMessage,
        /// The message that it replaces.
        edits: Option<String>,
    },
    /// Another answer in place of the last one.
    Regenerate {
        /// The last answer, if the client names it.
        answer: Option<String>,
        /// What the client says was asked last: asked now, if it never arrived.
        asked: Option<NewMessage>,
    },
}

/// A message to be answered.
#[derive(Debug)]
pub struct NewMessage {
    /// Its text.
    pub text: Content,
    /// The client's own id of it: sent again, it is the same turn.
    pub client_id: Option<ClientId>,
}

/// An answer that has come or is coming.
#[derive(Debug)]
pub struct Reply {
    /// The turn.
    pub turn: Turn,
    /// What the assistant saw of the conversation; `None` where it was asked by another request.
    pub history: Option<History>,
    /// What is left of the day's quota; `None` where nothing was asked.
    pub left: Option<QuotaRemaining>,
    /// The answer, as it comes.
    pub pieces: UnboundedReceiver<ReplyEvent>,
}

impl Reply {
    /// The next piece of the answer. After the first [`ReplyEvent::Finished`] or [`ReplyEvent::Failed`] there is
    /// no more.
    pub async fn next(&mut self) -> ReplyEvent {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// The same for whoever can't wait; without a last piece, the answer was interrupted.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<ReplyEvent> {
        let piece = self.pieces.poll_recv(context);
        piece.map(|piece| piece.unwrap_or(ReplyEvent::Failed(Problem::TurnInterrupted)))
    }

    /// Waits for the whole answer.
    pub async fn whole(mut self) -> Result<(String, Ending), Problem> {
        let mut text = String::new();
        loop {
            match self.next().await {
                ReplyEvent::Delta(piece) => text.push_str(&piece),
                ReplyEvent::Finished(ending) => return Ok((text, ending)),
                ReplyEvent::Failed(problem) => return Err(problem),
            }
        }
    }
}

/// Makes an answer apart from the stream that shows it: a client that hangs up must not lose it.
fn apart<F>(make: impl FnOnce(UnboundedSender<ReplyEvent>) -> F) -> UnboundedReceiver<ReplyEvent>
where
    F: Future<Output = Result<Ending, Problem>> + Send + 'static,
{
    let (sender, pieces) = mpsc::unbounded_channel();
    let answer = make(sender.clone());
    tokio::spawn(async move {
        let last = answer.await.map_or_else(ReplyEvent::Failed, ReplyEvent::Finished);
        // Nobody may be listening any more.
        let _ = sender.send(last);
    });
    pieces
}

/// How much of a conversation an assistant saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct History {
    /// So many messages before the question.
    pub messages: usize,
    /// Whether older ones were left out.
    pub truncated: bool,
}

/// What a user may still use today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaRemaining {
    /// Questions, after this one.
    pub messages: u64,
    /// Tokens, before this answer.
    pub tokens: u64,
}

/// A piece of a reply.
#[derive(Debug)]
pub enum ReplyEvent {
    /// Some of the answer.
    Delta(String),
    /// The answer is complete, and stored.
    Finished(Ending),
    /// There is no answer.
    Failed(Problem),
}
