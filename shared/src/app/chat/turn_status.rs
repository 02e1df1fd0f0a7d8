//! Whether a request may open a turn, judged by the rows that were read.

use super::Trigger;
use crate::clock::Timestamp;
use crate::model::{Role, Turn, TurnKey, TurnState};
use crate::problem::Problem;
use crate::store::{ChatRows, OpenConversation};

/// What a request finds.
#[derive(Debug)]
pub(super) enum TurnStatus {
    /// The turn may be opened.
    Free,
    /// The same request has opened this turn, and it is running or has its reply.
    Opened(Turn),
    /// A turn is just beginning or ending: the rows come from different moments.
    Changing,
}

/// [`Problem::TurnInProgress`] while another turn is running, [`Problem::NotLastTurn`] if the turn's
/// reply was replaced by another one.
pub(super) fn turn_status(
    rows: &ChatRows,
    key: &TurnKey,
    trigger: &Trigger,
    now: Timestamp,
) -> Result<TurnStatus, Problem> {
    let Some(open) = &rows.conversation else { return Ok(TurnStatus::Free) };
    let lease = open.running(now);
    let turn = rows.turn_here();
    if let Some(turn) = turn
        && lease.is_some_and(|lease| lease.turn_run == turn.run)
    {
        return Ok(TurnStatus::Opened(turn.clone()));
    }
    let has_ended = turn
        .filter(|turn| turn.state == TurnState::Running)
        .is_some_and(|turn| contains(open, turn));
    if open.is_torn() || has_ended || lease.is_some_and(|lease| lease.turn_key == *key) {
        return Ok(TurnStatus::Changing);
    }
    // A message that was sent before an edit and comes again as an edit is a new edit.
    let edits = match trigger {
        Trigger::Submit { edits, .. } => edits.as_deref(),
        Trigger::Regenerate { .. } => None,
    };
    let edits = edits.filter(|_| turn.is_some_and(|turn| turn.body.is_none()));
    let is_replaced =
        |turn| was_replaced(open, turn) || edits.is_some_and(|name| has_no_reply(open, name));
    let done = turn.filter(|turn| turn.state == TurnState::Done);
    match (done, lease) {
        (Some(turn), _) if !is_replaced(turn) => Ok(TurnStatus::Opened(turn.clone())),
        (_, Some(_)) => Err(Problem::TurnInProgress),
        (Some(_), None) if edits.is_none() => Err(Problem::NotLastTurn),
        _ => Ok(TurnStatus::Free),
    }
}

/// Whether the last message has this name and is a question without a reply.
fn has_no_reply(open: &OpenConversation, name: &str) -> bool {
    let newest = open.newest.first();
    newest.is_some_and(|newest| newest.message.role == Role::User && newest.is(name))
}

/// Whether the reply of a turn was replaced by another one.
fn was_replaced(open: &OpenConversation, turn: &Turn) -> bool {
    let oldest = open.newest.last().map(|oldest| oldest.message.id);
    (open.is_whole() || oldest.is_some_and(|oldest| oldest < turn.reply_id))
        && !contains(open, turn)
}

/// Whether the reply of a turn is among the newest messages.
fn contains(open: &OpenConversation, turn: &Turn) -> bool {
    open.newest.iter().any(|stored| stored.message.id == turn.reply_id)
}
