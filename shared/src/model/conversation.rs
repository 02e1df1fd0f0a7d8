use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::{ConversationId, MessageId, UserId};
use crate::text::{Content, Title};

/// A conversation of a user with the assistant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Counts from 1 within the user.
    pub id: ConversationId,
    /// Whose conversation it is.
    pub user_id: UserId,
    /// Its title.
    pub title: Title,
    /// When it was made.
    pub created_at: Timestamp,
    /// When something last happened in it: a message or a new title.
    pub updated_at: Timestamp,
    /// The message at the end of the active branch: the one that was written or chosen last. Lists of
    /// conversations do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_message_id: Option<MessageId>,
}

impl Conversation {
    /// A conversation that is made at `now`, without messages.
    pub fn new(id: ConversationId, user_id: UserId, title: Title, now: Timestamp) -> Self {
        Self { id, user_id, title, created_at: now, updated_at: now, active_message_id: None }
    }
}

/// What is to be changed of a conversation.
#[derive(Debug, Default)]
pub struct ConversationChange {
    /// Another title.
    pub title: Option<Title>,
    /// Another active message.
    pub active_message_id: Option<MessageId>,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Counts from 1 within the conversation, in the order of reservation.
    pub id: MessageId,
    /// Whose conversation it is.
    pub user_id: UserId,
    /// The conversation that it belongs to.
    pub conversation_id: ConversationId,
    /// Who wrote it.
    pub role: Role,
    /// The text.
    pub content: Content,
    /// When it was stored.
    pub created_at: Timestamp,
    /// The message that it follows: a reply's question, or what a question was asked after. `None` if
    /// it is the first of its branch.
    #[serde(default)]
    pub parent_id: Option<MessageId>,
    /// The ids of its nearest ancestors, the parent first, at most [`Message::MAX_PATH`]; empty for the
    /// first of a branch. `None` if nobody looked them up when it was stored. Only the table has it.
    #[serde(skip)]
    pub path: Option<Vec<MessageId>>,
    /// What stored it. Only the table has it.
    #[serde(default, skip_serializing)]
    pub source: Source,
}

impl Message {
    /// Maximum ancestors that a message names.
    pub const MAX_PATH: usize = 24;

    /// The path of a message that follows the first of these, which are in the order of a path.
    pub fn path_after(ancestors: impl IntoIterator<Item = MessageId>) -> Vec<MessageId> {
        ancestors.into_iter().take(Self::MAX_PATH).collect()
    }

    /// Whether the assistant said it. A reply that a client appended is not the assistant's own.
    pub fn is_of_assistant(&self) -> bool {
        self.role == Role::Assistant && self.source == Source::Turn
    }
}

/// What stored a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A client appended it. This counts where the row does not say it: it may be the client's words.
    #[default]
    Client,
    /// A turn of a chat.
    Turn,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The assistant.
    Assistant,
}

impl Role {
    /// The role as requests and the table write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}
