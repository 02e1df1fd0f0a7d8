//! What became of a request that came before.

use super::Sent;
use crate::clock::Timestamp;
use crate::id::MessageId;
use crate::model::{Message, Role, Turn, TurnKey, TurnState};
use crate::store::{ChatRows, OpenConversation};

/// How far back on the active branch a reply is looked for, in messages: as far as four reads go.
pub(super) const MAX_BACK: usize = 4 * Message::MAX_PATH;

/// What a request finds.
#[derive(Debug)]
pub(super) enum TurnStatus {
    /// Its turn is to be opened, if no other one runs.
    New,
    /// The same request has opened this turn, and it is running or has its reply.
    Opened(Turn),
    /// A turn is just beginning or ending: the rows come from different moments.
    Changing,
}

pub(super) fn turn_status(
    rows: &ChatRows,
    key: &TurnKey,
    sent: &Sent,
    now: Timestamp,
) -> TurnStatus {
    let Some(open) = &rows.conversation else { return TurnStatus::New };
    let lease = open.running(now);
    let turn = rows.turn_here();
    if let Some(turn) = turn
        && lease.is_some_and(|lease| lease.turn_run == turn.run)
    {
        return TurnStatus::Opened(turn.clone());
    }
    let has_ended = turn
        .filter(|turn| turn.state == TurnState::Running)
        .is_some_and(|turn| matches!(open.tree.get(turn.reply_id), Ok(Some(_))));
    if open.is_torn() || has_ended || lease.is_some_and(|lease| lease.turn_key == *key) {
        return TurnStatus::Changing;
    }
    match turn.filter(|turn| turn.state == TurnState::Done && !is_wanted_again(open, turn, sent)) {
        Some(turn) => TurnStatus::Opened(turn.clone()),
        None => TurnStatus::New,
    }
}

/// Whether the user wants one more reply than the one that this turn gave: what is named is a question, or
/// a reply to which the user has gone back since.
fn is_wanted_again(open: &OpenConversation, turn: &Turn, sent: &Sent) -> bool {
    let named = sent.named.as_deref().and_then(MessageId::named_by);
    let Some(named) = named.filter(|_| sent.regenerate && turn.body.is_none()) else {
        return false;
    };
    let stored = open.tree.get(named).ok().flatten();
    stored.is_some_and(|stored| stored.message.role == Role::User)
        || (is_on_active_branch(open, named) && !is_on_active_branch(open, turn.reply_id))
}

/// Whether the active branch contains a message, as far as it has been read.
pub(super) fn is_on_active_branch(open: &OpenConversation, id: MessageId) -> bool {
    let branch = open.tree.known_branch(open.conversation.active_message_id, MAX_BACK);
    branch.iter().any(|stored| stored.message.id == id)
}
