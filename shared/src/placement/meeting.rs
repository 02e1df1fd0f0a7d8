//! What a request does that meets a running turn: it is decided by what its client shows to know.

use super::place::Stored;
use super::sent::{Before, Listed, NewMessage, Sent};
use crate::id::MessageId;
use crate::model::Lease;
use crate::text::ClientId;

/// What a request may do while another turn is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// It gets the reply that is running.
    Joins,
    /// It ends the turn that is running.
    TakesOver,
    /// It must wait.
    Waits,
}

/// What a request may do while the turn with this lease is running.
pub fn meeting(sent: &Sent, lease: &Lease, stored: Stored<'_>) -> Meeting {
    if lease.turn_released {
        return Meeting::TakesOver;
    }
    let question = lease.turn_question_id.and_then(|id| stored.tree.get(id).ok().flatten());
    let is_question = |name: &str| question.is_some_and(|question| question.has_name(name));
    let is_reply =
        |name: &str| MessageId::named_by(name).is_some_and(|id| lease.turn_reply_id == Some(id));
    let names_reply = sent.named.as_deref().is_some_and(is_reply);
    // Whether another reply to its question is asked for.
    let is_meant = match &sent.message {
        Some(message) => question.is_some_and(|question| message.is(question)),
        None => sent.named.as_deref().is_none_or(is_question),
    };
    if sent.regenerate && is_meant && !names_reply {
        return Meeting::Joins;
    }
    let shows = |listed: &Listed| {
        is_reply(&listed.id) || question.is_some_and(|question| listed.is(question))
    };
    // Whether the client shows its question, edits it, or sends a message of the AI SDK alone.
    let is_known = match &sent.before {
        Before::List(before) => before.iter().any(shows) || sent.names().any(is_question),
        Before::Message(_) => true,
        Before::Text(_) => false,
    };
    if names_reply || is_known || stored.is_older_meant(sent) {
        Meeting::TakesOver
    } else {
        Meeting::Waits
    }
}

impl Stored<'_> {
    /// Whether an older question is edited, or another reply to it is wanted. Such a list ends before the
    /// running question even if its page shows that. A question that is only sent again is not meant: two
    /// clients that try again would end each other's turns.
    fn is_older_meant(self, sent: &Sent) -> bool {
        let is_text = matches!(sent.before, Before::Text(_)) && sent.message.is_some();
        let is_stored = |name: &str| self.is_stored(name);
        let is_named = sent.named.as_deref().is_some_and(is_stored)
            || (sent.regenerate && sent.names().any(is_stored));
        let is_about = |message: &NewMessage| {
            let is_again = |question| sent.regenerate && message.is(question);
            self.questions().any(|question| message.changes(question) || is_again(question))
        };
        !is_text && (is_named || sent.message.as_ref().is_some_and(is_about))
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
