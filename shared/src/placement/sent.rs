//! What a client sends of a conversation.

use crate::digest::sha256;
use crate::id::MessageId;
use crate::text::{ClientId, Content};

/// What a turn is about, as the client puts it.
#[derive(Debug)]
pub struct Sent {
    /// The last question that the client shows, if it sends one.
    pub message: Option<NewMessage>,
    /// Whether the client wants another reply to it. Otherwise, it has just been asked.
    pub regenerate: bool,
    /// The message that the client names: the question that is edited, or the reply that is not wanted.
    pub named: Option<String>,
    /// What stands before the question.
    pub before: Before,
}

/// What stands before a question.
#[derive(Debug)]
pub enum Before {
    /// Plain text, or no question at all: whoever sends it may not know what runs.
    Text(Option<ParentName>),
    /// A message of the AI SDK alone.
    Message(Option<ParentName>),
    /// The messages that the client shows, newest first.
    List(Vec<Listed>),
}

/// How a client names the message that a question follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParentName {
    /// None: the question is the first of a branch.
    Root,
    /// By our id.
    Id(MessageId),
    /// By the client's own id, or ours as text.
    Text(String),
}

/// A message that the client shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The client's own id of it, or ours.
    pub id: String,
    /// Its text, if it is a question. It is `None` for a reply.
    pub question: Option<TextHash>,
}

/// The hash of a text, to compare it with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextHash([u8; 32]);

impl TextHash {
    /// The hash of this text.
    pub fn of(text: &str) -> Self {
        Self(sha256(&[text.as_bytes()]).as_ref().try_into().unwrap_or_default())
    }
}

/// A message that needs a reply.
#[derive(Debug)]
pub struct NewMessage {
    /// Its text.
    pub text: Content,
    /// The client's own id of it. Sent again with the same id, it is the same turn.
    pub client_id: Option<ClientId>,
}
