//! What a request does while another turn has the lease of its conversation.

use std::time::Duration;

use tokio::time::sleep;

use super::meeting::{Meeting, meeting};
use super::place::Stored;
use super::plan::known_reply_path;
use super::{ChatRequest, Reply};
use crate::app::App;
use crate::auth::SignedIn;
use crate::id::{ConversationId, RunId};
use crate::model::{Lease, TurnKey};
use crate::problem::{OrNotFound, Problem};
use crate::store::{ChatRows, UserStore};

/// How often a request looks whether the turn that it stopped has ended, and how long it waits between.
/// A run looks once a second whether it is to stop.
const LOOKS: usize = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

/// What a request found in its way.
pub(super) enum InTheWay {
    /// Nothing, or a dead turn that has left nothing.
    Free,
    /// A turn that gives the reply to this request, too.
    Joined(Box<Reply>),
    /// A turn that has ended by now, or is found dead: all is to be read again.
    Ended,
}

impl App {
    /// Ends or joins the turn that is in the way of a request. `dead` is a run that was asked to stop and
    /// did not. [`Problem::TurnInProgress`] if the request must wait.
    pub(super) async fn clear_the_way(
        &'static self,
        caller: &SignedIn,
        request: &ChatRequest,
        rows: &ChatRows,
        key: &TurnKey,
        dead: &mut Option<RunId>,
    ) -> Result<InTheWay, Problem> {
        let store = self.store.of(caller);
        let Some(open) = &rows.conversation else { return Ok(InTheWay::Free) };
        let Some(lease) = &open.lease else { return Ok(InTheWay::Free) };
        let is_dead = !lease.is_live(self.clock.now()) || dead.as_ref() == Some(&lease.turn_run);
        if is_dead {
            return end_dead(&store, rows, lease, key).await;
        }
        let id = open.conversation.id;
        match meeting(&request.sent, lease, Stored::of(open)) {
            Meeting::Waits => Err(Problem::TurnInProgress),
            Meeting::Joins => Ok(match store.running_turn(id).await? {
                Some((lease, turn)) => {
                    let reply = self.join(caller.clone(), lease.turn_key, turn);
                    InTheWay::Joined(Box::new(reply))
                }
                None => InTheWay::Ended,
            }),
            Meeting::TakesOver => {
                if !self.stop_and_wait(&store, id, &lease.turn_run).await? {
                    *dead = Some(lease.turn_run.clone());
                }
                Ok(InTheWay::Ended)
            }
        }
    }

    /// Asks a run to stop. Returns whether it has ended in time.
    async fn stop_and_wait(
        &self,
        store: &UserStore<'_>,
        id: ConversationId,
        run: &RunId,
    ) -> Result<bool, Problem> {
        store.stop_run(id, run).await?;
        for _ in 0..LOOKS {
            sleep(BETWEEN_LOOKS).await;
            let lease = store.lease(id).await.or_not_found(Problem::ConversationNotFound)?;
            if lease.is_none_or(|lease| lease.turn_run != *run) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Ends a dead turn. The same request tries its own turn again, and leaves nothing of it.
async fn end_dead(
    store: &UserStore<'_>,
    rows: &ChatRows,
    lease: &Lease,
    key: &TurnKey,
) -> Result<InTheWay, Problem> {
    let Some(open) = rows.conversation.as_ref().filter(|_| lease.turn_key != *key) else {
        return Ok(InTheWay::Free);
    };
    let path = lease.turn_question_id.map(|question| known_reply_path(open, question));
    let path = path.unwrap_or_default();
    let has_text = store.close_dead_turn(open, lease, path, rows.background).await?;
    Ok(if has_text { InTheWay::Ended } else { InTheWay::Free })
}
