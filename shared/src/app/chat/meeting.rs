//! What a request does that meets a running turn: it is decided by what its client shows to know.

use super::place::Stored;
use super::sent::{Before, Listed, Sent};
use crate::id::MessageId;
use crate::model::Lease;

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
    let question = lease.turn_question_id.and_then(|id| stored.tree.get(id).ok().flatten());
    let is_its_reply = |name: &str| {
        lease.turn_reply_id.is_some_and(|reply| MessageId::named_by(name) == Some(reply))
    };
    let names_reply = sent.named.as_deref().is_some_and(is_its_reply);
    let is_about_it = match (&sent.message, sent.regenerate) {
        (Some(message), true) => question.is_some_and(|question| message.is(question)),
        (None, true) => sent.named.as_deref().is_none_or(|name| {
            names_reply || question.is_some_and(|question| question.has_name(name))
        }),
        (_, false) => false,
    };
    if is_about_it && !names_reply {
        return Meeting::Joins;
    }
    let shows = |listed: &Listed| {
        is_its_reply(&listed.id) || question.is_some_and(|question| listed.is(question))
    };
    let edits = |name: &str| question.is_some_and(|question| question.has_name(name));
    let is_known = match &sent.before {
        Before::Text(_) => false,
        Before::Message(_) => true,
        Before::List(before) => {
            let own_name = sent.message.as_ref().and_then(|message| message.client_id.as_ref());
            before.iter().any(shows)
                || own_name.is_some_and(|id| edits(id.as_str()))
                || sent.named.as_deref().is_some_and(edits)
        }
    };
    if is_known || is_about_it { Meeting::TakesOver } else { Meeting::Waits }
}

#[cfg(test)]
mod tests;
