//! Counts what a run used, where no other write of the run does.

use super::job::Job;
use crate::model::Usage;

impl Job {
    /// Counts what the run used in the quota of the whole stack.
    pub(super) async fn count_for_stack(&self, used: Option<Usage>) {
        let tokens = used.map_or(0, |usage| usage.total());
        if tokens == 0 || self.app.config.quota.stack_tokens.is_none() {
            return;
        }
        match self.store().count_for_stack(&self.opened.turn, tokens, self.is_verified).await {
            Ok(now_used) => self.app.learn_stack_quota(self.opened.turn.started_at, now_used),
            Err(error) => self.warn(&error, "the stack's quota was not counted"),
        }
    }

    /// Counts what the run used in the user's quota, if the end of its turn could not. If this fails,
    /// the quota counts what the run was expected to take.
    pub(super) async fn settle(&self, used: Option<Usage>) {
        if let Err(error) = self.store().settle_quota(&self.opened.turn, used).await {
            self.warn(&error, "the user's quota was not corrected");
        }
    }
}
