use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::digest::{sha256, sha256_hex};
use crate::id::{ConversationId, InteractionId, MessageId, RunId, UserId};
use crate::model::IdempotencyKey;

/// Decides whether two requests are the same turn. It is a hash of the client's own id of the message
/// and its text, or of the reply that another one is wanted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnKey(String);

impl TurnKey {
    /// The key of a message with a client's own id. The same message in another chat is another
    /// turn; `None` is a new conversation.
    pub fn submit(chat: Option<&str>, client_id: &str, text: &str) -> Self {
        let chat = chat.unwrap_or_default();
        Self::of(&[b"submit", chat.as_bytes(), client_id.as_bytes(), text.as_bytes()])
    }

    /// The key of a request for another reply than the one with this id.
    pub fn regenerate(conversation: ConversationId, reply: MessageId) -> Self {
        let (conversation, reply) = (conversation.to_string(), reply.to_string());
        Self::of(&[b"regenerate", conversation.as_bytes(), reply.as_bytes()])
    }

    /// The key of a request with an idempotency key.
    pub fn idempotent(key: &IdempotencyKey) -> Self {
        Self(key.within("chat"))
    }

    /// The key of a message without a client's id: a repeated request is another turn.
    pub fn once() -> Self {
        Self::of(&[b"once", RunId::random().as_str().as_bytes()])
    }

    /// The key as text: 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Each part is hashed by itself, so that different lists of parts never give the same bytes.
    fn of(parts: &[&[u8]]) -> Self {
        let digests: Vec<u8> =
            parts.iter().flat_map(|part| sha256(&[part]).as_ref().to_vec()).collect();
        Self(sha256_hex(&[b"chat", &digests]))
    }
}

/// A question and its reply, stored for a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The present run; a retry of the turn gets another.
    pub run: RunId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// The question's id.
    pub question_id: MessageId,
    /// The id that the reply has, or will get.
    pub reply_id: MessageId,
    /// The id that the reply's interaction has, or will get.
    pub interaction_id: InteractionId,
    /// How far the run has come.
    pub state: TurnState,
    /// When the run began; its day's quota counts it.
    pub started_at: Timestamp,
    /// Tokens that the quota counts for the run until it says what it used.
    #[serde(default)]
    pub reserved: u64,
    /// The message that the question follows; `None` if it is the first of its branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<MessageId>,
    /// The active message since the turn was opened, unless somebody has chosen another one: its question if
    /// that is new. The reply takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_message_id: Option<MessageId>,
    /// Whether the turn began another branch: what it wrote first did not follow the active message.
    #[serde(default)]
    pub branched: bool,
    /// The fingerprint of the request's body, if the turn's key is an idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How the reply ended, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
}

impl Turn {
    /// How long a turn is stored: 24 hours, like idempotency keys.
    pub const MEMORY: Duration = Duration::from_hours(24);
    /// How long a lease lasts unless it is renewed: 30 seconds. After that, the turn counts as
    /// interrupted.
    pub const LEASE: Duration = Duration::from_secs(30);

    /// A new run at `now`.
    pub fn begin(
        user: &UserId,
        conversation_id: ConversationId,
        question_id: MessageId,
        reply_id: MessageId,
        now: Timestamp,
    ) -> Self {
        let run = RunId::random();
        Self {
            interaction_id: InteractionId::of_run(now, user, &run),
            run,
            conversation_id,
            question_id,
            reply_id,
            state: TurnState::Running,
            started_at: now,
            reserved: 0,
            parent_id: None,
            active_message_id: None,
            branched: false,
            body: None,
            ending: None,
        }
    }
}

/// A turn, and the key under which it is stored.
#[derive(Debug, Clone)]
pub struct KeyedTurn {
    /// Its key.
    pub key: TurnKey,
    /// The turn.
    pub turn: Turn,
}

/// How far a turn has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnState {
    /// A function runs it, or has died while it ran it.
    Running,
    /// The reply is stored.
    Done,
    /// There is no reply; the same request may try again.
    Failed,
}

/// How a reply ended, and what it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Why it ended.
    pub finish: Finish,
    /// The tokens that it took.
    pub usage: Usage,
}

/// Why a reply ended, in the words of the AI SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finish {
    /// It is complete, or the user stopped it.
    Stop,
    /// It became too long, for the model or for a message.
    Length,
    /// The provider withheld the rest.
    ContentFilter,
    /// Nobody waited for the rest, or the provider gave another reason or none.
    Other,
}

/// The tokens that a reply took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read: system prompt, history and question.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Whether the figures are an estimate by length, since the provider gave none.
    pub estimated: bool,
}

impl Usage {
    /// Tokens read and written.
    pub fn total(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }

    /// What two calls took together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            estimated: self.estimated || other.estimated,
        }
    }
}

/// The time-limited claim of a run on its conversation, as the conversation's row has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The turn.
    pub turn_key: TurnKey,
    /// The run.
    pub turn_run: RunId,
    /// When the lease ends, unless it is renewed.
    pub turn_until: Timestamp,
    /// Whether somebody asked the turn to stop.
    #[serde(default)]
    pub turn_stop: bool,
    /// Whether it was the user who stopped it: then nothing waits for it.
    #[serde(default)]
    pub turn_released: bool,
    /// The turn's question. Leases had none before conversations had branches.
    #[serde(default)]
    pub turn_question_id: Option<MessageId>,
    /// The id that is reserved for its reply.
    #[serde(default)]
    pub turn_reply_id: Option<MessageId>,
}

impl Lease {
    /// Whether the lease has not ended yet; otherwise the function of its run has died.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.turn_until > now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_known_by_chat_id_and_text() {
        let key = TurnKey::submit(Some("7"), "a", "hello");
        assert_eq!(key, TurnKey::submit(Some("7"), "a", "hello"));
        for other in [
            TurnKey::submit(Some("8"), "a", "hello"),
            TurnKey::submit(None, "a", "hello"),
            TurnKey::submit(Some("7"), "b", "hello"),
            TurnKey::submit(Some("7"), "a", "hello!"),
            TurnKey::submit(Some("7"), "ah", "ello"),
            TurnKey::once(),
        ] {
            assert_ne!(key, other);
        }
        assert_ne!(TurnKey::once(), TurnKey::once());
    }

    #[test]
    fn an_interaction_belongs_to_its_run() {
        let id = |n: u64| MessageId::try_from(n).unwrap();
        let now = Timestamp::from_milliseconds(1_800_000_000_000);
        let user = UserId::random();
        let begin = || Turn::begin(&user, ConversationId::try_from(1).unwrap(), id(1), id(2), now);
        let (a, b) = (begin(), begin());
        assert_ne!(a.run, b.run);
        assert_ne!(a.interaction_id, b.interaction_id);
    }
}
