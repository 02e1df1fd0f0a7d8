//! Turns of a chat: what is asked, who answers, and what comes of it.

mod answer;
mod plan;
mod start;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::id::ConversationId;
use crate::model::{Ending, Turn};
use crate::problem::Problem;
use crate::text::Content;

/// A request of a chat.
#[derive(Debug)]
pub struct ChatRequest {
    /// Where it happens; `None` makes a conversation.
    pub chat: Option<Chat>,
    /// What is wanted.
    pub ask: Ask,
}

/// How a client names a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chat {
    /// By its id.
    Conversation(ConversationId),
    /// By an id of the client's own.
    Alias(String),
}

impl Chat {
    /// The name as the client writes it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Conversation(id) => id.to_string(),
            Self::Alias(alias) => alias.clone(),
        }
    }
}

/// What is wanted of a turn.
#[derive(Debug)]
pub enum Ask {
    /// An answer to a message.
    Submit {
        /// The message.
        text: Content,
        /// The client's own id of it: sent again, it is the same turn.
        client_id: Option<String>,
        /// The message that it replaces.
        edits: Option<String>,
    },
    /// Another answer in place of the last one.
    Regenerate {
        /// The last answer, if the client names it.
        answer: Option<String>,
    },
}

/// An answer that has come or is coming.
#[derive(Debug)]
pub struct Reply {
    /// The turn.
    pub turn: Turn,
    /// What the assistant saw of the conversation; `None` where it was asked by another request.
    pub history: Option<History>,
    /// What is left of the day's quota.
    pub left: QuotaLeft,
    /// The answer, as it comes.
    pub pieces: UnboundedReceiver<Piece>,
}

/// How much of a conversation an assistant saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// So many messages before the question.
    pub messages: usize,
    /// Whether older ones were left out.
    pub truncated: bool,
}

/// What a user may still use today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaLeft {
    /// Questions, after this one.
    pub messages: u64,
    /// Tokens, before this answer.
    pub tokens: u64,
}

/// A piece of a reply.
#[derive(Debug)]
pub enum Piece {
    /// Some of the answer.
    Text(String),
    /// The answer is complete, and stored.
    Ended(Ending),
    /// There is no answer.
    Failed(Problem),
}
