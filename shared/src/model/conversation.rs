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
    /// What stored it. Only the table has it.
    #[serde(default, skip_serializing)]
    pub source: Source,
}

impl Message {
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
