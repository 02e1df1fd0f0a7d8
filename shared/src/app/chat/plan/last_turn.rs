use super::MAX_REPLACED;
use crate::app::chat::NewMessage;
use crate::id::MessageId;
use crate::model::{Message, Role};
use crate::store::StoredMessage;

/// The last turn of a conversation: its question, and its reply if it has one.
pub(super) struct LastTurn<'a> {
    pub(super) question: &'a StoredMessage,
    reply: Option<&'a Message>,
}

impl<'a> LastTurn<'a> {
    /// Takes the messages newest first; `None` if they do not end with a turn.
    pub(super) fn of(newest: &'a [StoredMessage]) -> Option<Self> {
        match newest {
            [reply, question, ..]
                if reply.message.role == Role::Assistant && question.message.role == Role::User =>
            {
                Some(Self { question, reply: Some(&reply.message) })
            }
            [question, ..] if question.message.role == Role::User => {
                Some(Self { question, reply: None })
            }
            _ => None,
        }
    }

    /// The id of its newest message.
    pub(super) fn newest_id(&self) -> MessageId {
        self.reply.map_or(self.question.message.id, |reply| reply.id)
    }

    /// The messages that are deleted when its question is edited.
    pub(super) fn replaced_by_edit(&self) -> Vec<MessageId> {
        let mut ids = self.replaced_by_new_reply();
        ids.push(self.question.message.id);
        ids
    }

    /// The messages that are deleted when its question gets a new reply: its reply, or without one
    /// the messages that its reply was to replace.
    pub(super) fn replaced_by_new_reply(&self) -> Vec<MessageId> {
        match self.reply {
            Some(reply) => vec![reply.id],
            None => self.question.replaces.iter().copied().take(MAX_REPLACED).collect(),
        }
    }

    /// Whether the message is its question: the ids are equal, or the texts where one of the two has
    /// no client's id.
    pub(super) fn has_question(&self, message: &NewMessage) -> bool {
        let both_have_ids = message.client_id.is_some() && self.question.client_id.is_some();
        message.is(self.question)
            || (!both_have_ids && self.question.message.content == message.text)
    }

    /// Whether a client may mean this turn's reply by `name`: the name of its question, the id of its
    /// reply, or the id of a later reply that failed and was never stored.
    pub(super) fn may_have_reply(&self, name: &str) -> bool {
        let id = MessageId::named_by(name);
        self.question.is(name)
            || match (id, self.reply) {
                (Some(id), Some(reply)) => id >= reply.id,
                (Some(id), None) => id > self.question.message.id,
                (None, reply) => reply.is_none(),
            }
    }
}
