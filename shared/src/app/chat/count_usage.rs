//! Counts what a run used, where no other write of the run does.

use super::job::Job;
use crate::app::App;
use crate::model::Usage;

impl App {
    /// Counts what a run used in the quota of the whole stack.
    pub(super) async fn count_for_stack(&self, job: &Job, used: Option<Usage>) {
        let tokens = used.map_or(0, |usage| usage.total());
        if tokens == 0 || self.config.quota.stack_tokens.is_none() {
            return;
        }
        let store = self.store.of(&job.caller);
        match store.count_for_stack(&job.turn, tokens, job.is_verified).await {
            Ok(now_used) => self.learn_stack_quota(job.turn.started_at, now_used),
            Err(error) => {
                let interaction_id = job.turn.interaction_id.as_str();
                tracing::warn!(interaction_id, cause = %error, "the stack's quota was not counted");
            }
        }
    }

    /// Counts what a run used in the user's quota, if the end of its turn could not. If this fails,
    /// the quota counts what the run was expected to take.
    pub(super) async fn settle(&self, job: &Job, used: Option<Usage>) {
        let store = self.store.of(&job.caller);
        if let Err(error) = store.settle_quota(&job.turn, used).await {
            let interaction_id = job.turn.interaction_id.as_str();
            tracing::warn!(interaction_id, cause = %error, "the user's quota was not corrected");
        }
    }
}
