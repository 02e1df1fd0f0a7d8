use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::digest::{sha256, sha256_hex};
use crate::id::{ConversationId, InteractionId, MessageId, RunId};
use crate::model::IdempotencyKey;

/// What makes two requests the same turn: the client's own id of the message with its text, or the
/// answer that is to be made anew. It keeps nothing of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnKey(String);

impl TurnKey {
    /// A message that a client sends under an id of its own. In another conversation it is another
    /// turn; `None` is a conversation that is to be made.
    pub fn submit(chat: Option<&str>, client_id: &str, text: &str) -> Self {
        let chat = chat.unwrap_or_default();
        Self::of(&[b"submit", chat.as_bytes(), client_id.as_bytes(), text.as_bytes()])
    }

    /// Another answer in place of the one that there is.
    pub fn regenerate(conversation: ConversationId, replaced: MessageId) -> Self {
        let (conversation, replaced) = (conversation.to_string(), replaced.to_string());
        Self::of(&[b"regenerate", conversation.as_bytes(), replaced.as_bytes()])
    }

    /// A request that a client sends under a key of its own.
    pub fn idempotent(key: &IdempotencyKey) -> Self {
        Self(key.within("chat"))
    }

    /// A message that nobody can send again, since the client gave it no id.
    pub fn once() -> Self {
        Self::of(&[b"once", RunId::random().as_str().as_bytes()])
    }

    /// The key as text: 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Each part is hashed on its own, so that no two lists of parts are alike.
    fn of(parts: &[&[u8]]) -> Self {
        let digests: Vec<u8> =
            parts.iter().flat_map(|part| sha256(&[part]).as_ref().to_vec()).collect();
        Self(sha256_hex(&[b"chat", &digests]))
    }
}

/// A question and its answer, as the table remembers them for a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The attempt: a turn that is tried again gets another.
    pub run: RunId,
    /// Where it happens.
    pub conversation_id: ConversationId,
    /// The question's id.
    pub question_id: MessageId,
    /// The id that the answer has, or will have.
    pub reply_id: MessageId,
    /// The id that the answer's interaction has, or will have.
    pub interaction_id: InteractionId,
    /// How far it has come.
    pub state: TurnState,
    /// When the attempt began.
    pub started_at: Timestamp,
    /// Messages that go when the answer is stored: what was edited or is answered anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<MessageId>,
    /// The fingerprint of the request's body, if the turn's key is for the whole request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How the answer ended, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
}

impl Turn {
    /// A turn is remembered for so long: 24 hours, as idempotency keys are.
    pub const MEMORY: Duration = Duration::from_hours(24);
    /// A turn whose function says nothing for so long counts as interrupted: 30 seconds.
    pub const LEASE: Duration = Duration::from_secs(30);

    /// A new attempt at `now`.
    pub fn begin(
        conversation_id: ConversationId,
        question_id: MessageId,
        reply_id: MessageId,
        now: Timestamp,
    ) -> Self {
        let run = RunId::random();
        let mut bytes = [0; 10];
        let digest = sha256(&[run.as_str().as_bytes()]);
        bytes.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        Self {
            interaction_id: InteractionId::new(now, &bytes),
            run,
            conversation_id,
            question_id,
            reply_id,
            state: TurnState::Running,
            started_at: now,
            replaces: Vec::new(),
            body: None,
            ending: None,
        }
    }
}

/// How far a turn has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnState {
    /// A function answers, or has died over it.
    Running,
    /// The answer is stored.
    Done,
    /// There is no answer; the same request tries again.
    Failed,
}

/// How an answer ended and what it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Why it ended.
    pub finish: Finish,
    /// The tokens that it took.
    pub usage: Usage,
}

/// Why an answer ended, in the words of the AI SDK.
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

/// The tokens that an answer took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// What was read: system prompt, history and question.
    pub input_tokens: u64,
    /// What was written.
    pub output_tokens: u64,
    /// Whether the provider did not say, and the figures are an estimate by length.
    pub estimated: bool,
}

impl Usage {
    /// All tokens.
    pub fn total(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}

/// The turn that holds a conversation, as the conversation's row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The turn.
    pub turn_key: TurnKey,
    /// The attempt.
    pub turn_run: RunId,
    /// It counts as interrupted from then on.
    pub turn_until: Timestamp,
    /// Whether somebody asked it to stop.
    #[serde(default)]
    pub turn_stop: bool,
}

impl Lease {
    /// Whether the turn holds the conversation; otherwise its function has died.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.turn_until > now
    }
}

/// What a user has used of a day's quota.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaUsed {
    /// Questions asked.
    #[serde(default)]
    pub messages: u64,
    /// Tokens read and written.
    #[serde(default)]
    pub tokens: u64,
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
    fn an_interaction_belongs_to_its_attempt() {
        let id = |n: u64| MessageId::try_from(n).unwrap();
        let now = Timestamp::from_milliseconds(1_800_000_000_000);
        let begin = || Turn::begin(ConversationId::try_from(1).unwrap(), id(1), id(2), now);
        let (a, b) = (begin(), begin());
        assert_ne!(a.run, b.run);
        assert_ne!(a.interaction_id, b.interaction_id);
    }
}
