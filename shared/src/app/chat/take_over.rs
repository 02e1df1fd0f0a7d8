//! What a request does while another turn has the lease of its conversation.

use std::time::Duration;

use tokio::time::sleep;

use super::Reply;
use super::find::Found;
use super::plan::known_reply_path;
use super::turn_status::InTheWay;
use crate::app::App;
use crate::auth::SignedIn;
use crate::id::{ConversationId, RunId};
use crate::placement::{Meeting, Sent, meeting};
use crate::problem::{OrNotFound, Problem};
use crate::store::UserStore;

/// How often a request looks whether the turn that it stopped has ended, and how long it waits between.
/// A run looks once a second whether it is to stop.
const LOOKS: usize = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

impl App {
    /// Ends or joins the turn that is in the way of a request. `dead` is a run that was asked to stop and
    /// did not. [`Problem::TurnInProgress`] if the request must wait.
    pub(super) async fn clear_the_way(
        &'static self,
        caller: &SignedIn,
        sent: &Sent,
        found: &Found,
        dead: &mut Option<RunId>,
    ) -> Result<InTheWay<Reply>, Problem> {
        let store = self.store.of(caller);
        let Some(open) = &found.rows.conversation else { return Ok(InTheWay::Nothing) };
        let Some(lease) = &open.lease else { return Ok(InTheWay::Nothing) };
        let id = open.conversation.id;
        if !lease.is_live(self.clock.now()) || dead.as_ref() == Some(&lease.turn_run) {
            let path = known_reply_path(open, lease.turn_question_id);
            // The same request tries its own turn again, and leaves nothing of it.
            let is_closed = lease.turn_key != found.key
                && store.close_dead_turn(open, lease, path, found.rows.background).await?;
            return Ok(if is_closed { InTheWay::Changing } else { InTheWay::Nothing });
        }
        match meeting(sent, lease, open.stored()) {
            Meeting::Waits => Err(Problem::TurnInProgress),
            Meeting::Joins => {
                let running = store.running_turn(id).await?;
                let Some(running) = running else { return Ok(InTheWay::Changing) };
                let quota_remaining = Some(self.quota_remaining(&found.rows, 0));
                let reply = self.join(caller.clone(), running, quota_remaining);
                Ok(InTheWay::Joined(reply))
            }
            Meeting::TakesOver => {
                if !self.stop_and_wait(&store, id, &lease.turn_run).await? {
                    *dead = Some(lease.turn_run.clone());
                }
                Ok(InTheWay::Changing)
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
