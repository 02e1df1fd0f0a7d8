//! Whether a turn may be opened in a conversation as it stands.

use super::Trigger;
use crate::clock::Timestamp;
use crate::model::{Role, Turn, TurnKey, TurnState};
use crate::problem::Problem;
use crate::store::{ChatRows, OpenConversation};

/// What a request finds.
#[derive(Debug)]
pub(super) enum Standing {
    /// The turn may be opened.
    Free,
    /// The same request has opened it, and it runs or has its answer.
    Begun(Turn),
    /// A turn has just begun or ended: what was read is not of one moment.
    Changing,
}

/// [`Problem::TurnInProgress`] while another turn runs, [`Problem::NotLastTurn`] if the turn's
/// answer has given way to another one.
pub(super) fn standing(
    rows: &ChatRows,
    key: &TurnKey,
    ask: &Trigger,
    now: Timestamp,
) -> Result<Standing, Problem> {
    let Some(open) = &rows.conversation else { return Ok(Standing::Free) };
    let lease = open.running(now);
    let turn = rows.turn_here();
    let done = turn.filter(|turn| turn.state == TurnState::Done);
    if let Some(turn) = turn
        && lease.is_some_and(|lease| lease.turn_run == turn.run)
    {
        return Ok(Standing::Begun(turn.clone()));
    }
    let has_ended = turn
        .filter(|turn| turn.state == TurnState::Running)
        .is_some_and(|turn| open.newest.iter().any(|stored| stored.message.id == turn.reply_id));
    if open.is_torn() || has_ended || lease.is_some_and(|lease| lease.turn_key == *key) {
        return Ok(Standing::Changing);
    }
    // To say again what was said before an edit is another edit.
    let edits = match ask {
        Trigger::Submit { edits, .. } => edits.as_deref(),
        Trigger::Regenerate { .. } => None,
    };
    let edits = edits.filter(|_| turn.is_some_and(|turn| turn.body.is_none()));
    let gave_way = |turn| was_replaced(open, turn) || edits.is_some_and(|name| waits(open, name));
    match (done, lease) {
        (Some(turn), _) if !gave_way(turn) => Ok(Standing::Begun(turn.clone())),
        (_, Some(_)) => Err(Problem::TurnInProgress),
        (Some(_), None) if edits.is_none() => Err(Problem::NotLastTurn),
        _ => Ok(Standing::Free),
    }
}

/// Whether the message of this name is the last one, and has no answer.
fn waits(open: &OpenConversation, name: &str) -> bool {
    let newest = open.newest.first();
    newest.is_some_and(|newest| newest.message.role == Role::User && newest.is(name))
}

/// Whether the answer of a turn has given way to another one.
fn was_replaced(open: &OpenConversation, turn: &Turn) -> bool {
    let oldest = open.newest.last().map(|oldest| oldest.message.id);
    (open.is_whole() || oldest.is_some_and(|oldest| oldest < turn.reply_id))
        && !open.newest.iter().any(|stored| stored.message.id == turn.reply_id)
}
