//! What a request does that meets a running turn: it is decided by what its client shows to know.

use super::place::Stored;
use super::sent::{Before, Listed, Sent};
use crate::id::MessageId;
use crate::model::{Lease, StoredMessage};
use crate::text::ClientId;

/// What a request may do while another turn is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// It gets the reply that is running.
    Joins,
    /// It ends the turn that is running.
    TakesOver,
    /// It must wait.
    Waits,
}

/// What a request may do while the turn with this lease is running.
pub(super) fn meeting(sent: &Sent, lease: &Lease, stored: Stored<'_>) -> Meeting {
    if lease.turn_released {
        return Meeting::TakesOver;
    }
    let running = Running::of(lease, stored);
    let names_reply = sent.named.as_deref().is_some_and(|name| running.is_reply(name));
    if running.is_asked_again(sent) && !names_reply {
        return Meeting::Joins;
    }
    if names_reply || running.is_known(sent) || stored.is_older_meant(sent) {
        Meeting::TakesOver
    } else {
        Meeting::Waits
    }
}

/// The turn that is running.
#[derive(Clone, Copy)]
struct Running<'a> {
    question: Option<&'a StoredMessage>,
    reply: Option<MessageId>,
}

impl<'a> Running<'a> {
    fn of(lease: &Lease, stored: Stored<'a>) -> Self {
        let question = lease.turn_question_id.and_then(|id| stored.tree.get(id).ok().flatten());
        Self { question, reply: lease.turn_reply_id }
    }

    fn is_reply(self, name: &str) -> bool {
        self.reply.is_some_and(|reply| MessageId::named_by(name) == Some(reply))
    }

    fn is_question(self, name: &str) -> bool {
        self.question.is_some_and(|question| question.has_name(name))
    }

    /// Whether another reply to its question is asked for.
    fn is_asked_again(self, sent: &Sent) -> bool {
        let is_meant = match &sent.message {
            Some(message) => self.question.is_some_and(|question| message.is(question)),
            None => sent.named.as_deref().is_none_or(|name| self.is_question(name)),
        };
        sent.regenerate && is_meant
    }

    /// Whether the client shows its question, edits it, or sends a message of the AI SDK alone.
    fn is_known(self, sent: &Sent) -> bool {
        let Before::List(before) = &sent.before else {
            return matches!(sent.before, Before::Message(_));
        };
        let shows = |listed: &Listed| {
            self.is_reply(&listed.id) || self.question.is_some_and(|question| listed.is(question))
        };
        before.iter().any(shows) || sent.names().any(|name| self.is_question(name))
    }
}

impl Stored<'_> {
    /// Whether an older question is edited, or another reply to it is wanted. Such a list ends before the
    /// running question even if its page shows that. A question that is only sent again is not meant: two
    /// clients that try again would end each other's turns.
    fn is_older_meant(self, sent: &Sent) -> bool {
        let is_text = matches!(sent.before, Before::Text(_)) && sent.message.is_some();
        let is_named = || sent.named.as_deref().is_some_and(|name| self.is_stored(name));
        let is_about = |question: &StoredMessage| {
            sent.message.as_ref().is_some_and(|message| {
                message.changes(question) || (sent.regenerate && message.is(question))
            })
        };
        let repeats = || sent.regenerate && sent.names().any(|name| self.is_stored(name));
        !is_text && (is_named() || repeats() || self.questions().any(is_about))
    }
}

impl Sent {
    /// The names that the client gives the message that this is about.
    fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.message.as_ref().and_then(|message| message.client_id.as_ref());
        own.map(ClientId::as_str).into_iter().chain(self.named.as_deref())
    }
}

#[cfg(test)]
mod tests;
