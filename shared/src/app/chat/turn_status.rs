//! What became of a request that came before.

use crate::clock::Timestamp;
use crate::id::MessageId;
use crate::model::{Message, Role, Turn, TurnKey, TurnState};
use crate::placement::Sent;
use crate::store::{ChatRows, OpenConversation};

/// How far back on the active branch a reply is looked for, in messages: as far as four reads go.
pub(super) const MAX_BACK: usize = 4 * Message::MAX_PATH;

/// What a request finds in its way. `T` is what gives it its reply.
#[derive(Debug)]
pub(super) enum InTheWay<T> {
    /// Nothing that it has to wait for: its own turn may be opened.
    Nothing,
    /// A turn that has its reply or is running, of the same request or of another one that it joins.
    Joined(T),
    /// A turn that is just beginning or ending: all is to be read again.
    Changing,
}

/// What became of the turn that the same request has opened before, if it has.
pub(super) fn turn_status(
    rows: &ChatRows,
    key: &TurnKey,
    sent: &Sent,
    now: Timestamp,
) -> InTheWay<Turn> {
    let Some(open) = &rows.conversation else { return InTheWay::Nothing };
    let lease = open.running(now);
    let turn = rows.turn_here();
    if let Some(turn) = turn
        && lease.is_some_and(|lease| lease.turn_run == turn.run)
    {
        return InTheWay::Joined(turn.clone());
    }
    let has_ended = turn
        .filter(|turn| turn.state == TurnState::Running)
        .is_some_and(|turn| matches!(open.tree.get(turn.reply_id), Ok(Some(_))));
    if open.is_torn() || has_ended || lease.is_some_and(|lease| lease.turn_key == *key) {
        return InTheWay::Changing;
    }
    match turn.filter(|turn| turn.state == TurnState::Done && !is_wanted_again(open, turn, sent)) {
        Some(turn) => InTheWay::Joined(turn.clone()),
        None => InTheWay::Nothing,
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
