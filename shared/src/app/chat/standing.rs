//! Whether a turn may be opened in a conversation as it stands.

use super::Ask;
use crate::clock::Timestamp;
use crate::model::{Turn, TurnKey, TurnState};
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
    ask: &Ask,
    now: Timestamp,
) -> Result<Standing, Problem> {
    let Some(open) = &rows.conversation else { return Ok(Standing::Free) };
    let lease = open.running(now);
    let done = rows.turn.as_ref().filter(|turn| turn.state == TurnState::Done);
    if let Some(turn) = &rows.turn
        && lease.is_some_and(|lease| lease.turn_run == turn.run)
    {
        return Ok(Standing::Begun(turn.clone()));
    }
    if open.is_torn() || lease.is_some_and(|lease| lease.turn_key == *key) {
        return Ok(Standing::Changing);
    }
    match (done, lease) {
        (Some(turn), _) if !was_replaced(open, turn) => Ok(Standing::Begun(turn.clone())),
        (_, Some(_)) => Err(Problem::TurnInProgress),
        // To say again what was said before an edit is another edit.
        (Some(_), None) if !matches!(ask, Ask::Submit { edits: Some(_), .. }) => {
            Err(Problem::NotLastTurn)
        }
        _ => Ok(Standing::Free),
    }
}

/// Whether the answer of a turn has given way to another one.
fn was_replaced(open: &OpenConversation, turn: &Turn) -> bool {
    let oldest = open.newest.last().map(|oldest| oldest.message.id);
    (open.is_whole() || oldest.is_some_and(|oldest| oldest < turn.answer_id))
        && !open.newest.iter().any(|stored| stored.message.id == turn.answer_id)
}
