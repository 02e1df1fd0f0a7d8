//! Quotas of a day. The opening of a turn counts what its run is expected to take, and the run
//! corrects this when it ends, whatever becomes of its conversation. If its function dies, what was
//! expected stays counted.

use crate::config::QuotaLimits;
use crate::model::{StackQuotaUsed, Turn, Usage};
use crate::store::user::UserStore;
use crate::store::write::{Condition, Update, Write, WriteError, happened};
use crate::store::{Kind, StoreError, item, keys};

impl UserStore<'_> {
    /// Counts a question, and the tokens that its run is expected to take, if the quota is not used
    /// up. The run is noted, so that it can correct this once and no more.
    pub(super) fn reserve_quota(&self, turn: &Turn, limits: QuotaLimits) -> Write<Update> {
        let below =
            "attribute_not_exists(pk) OR (messages < :max_messages AND tokens < :max_tokens)";
        Write::update(&keys::quota(self.user(), &turn.started_at.date()))
            .set_kind(Kind::Quota)
            .set("ttl", item::n(lifetime(turn)))
            .add("messages", item::n(1))
            .add("tokens", item::n(turn.reserved))
            .add("open_runs", item::set(turn.run.as_str()))
            .when(
                Condition::new(below)
                    .value(":max_messages", item::n(limits.messages))
                    .value(":max_tokens", item::n(limits.tokens)),
            )
    }

    /// Counts what a run used in place of what it was expected to take, once. A run that used nothing
    /// gives its question back.
    pub(super) fn settlement(&self, turn: &Turn, used: Option<Usage>) -> Write<Update> {
        let run = turn.run.as_str();
        let tokens = used.map_or(0, |usage| usage.total());
        let correction = i128::from(tokens) - i128::from(turn.reserved);
        let is_open = Condition::new("contains(open_runs, :run)").value(":run", item::s(run));
        let settlement = Write::update(&keys::quota(self.user(), &turn.started_at.date()))
            .add("tokens", item::n(correction))
            .take_out("open_runs", item::set(run))
            .when(is_open);
        if used.is_some() { settlement } else { settlement.add("messages", item::n(-1)) }
    }

    /// The same, for a run whose turn does not end with it: it has lost its lease, or its conversation
    /// was deleted. `false`, and nothing is written, if the run has been counted before. One round
    /// trip; it may be repeated.
    pub async fn settle_quota(&self, turn: &Turn, used: Option<Usage>) -> Result<bool, StoreError> {
        happened(self.store.send(self.settlement(turn, used)).await)
    }

    /// Counts tokens in the quota of the whole stack. Returns what all have used of it; `None` if the
    /// run has just been counted, by a write whose response was lost. One round trip.
    ///
    /// Many functions write this row at once, so it is never part of a transaction: they would
    /// conflict.
    pub async fn count_for_stack(
        &self,
        turn: &Turn,
        tokens: u64,
        is_verified: bool,
    ) -> Result<Option<StackQuotaUsed>, StoreError> {
        let run = item::s(turn.run.as_str());
        let is_new = Condition::new("attribute_not_exists(last_run) OR last_run <> :run");
        let count = Write::update(&keys::stack_quota(&turn.started_at.date()))
            .set_kind(Kind::StackQuota)
            .set("ttl", item::n(lifetime(turn)))
            .set("last_run", run.clone())
            .add("tokens", item::n(tokens))
            .add("unverified_tokens", item::n(if is_verified { 0 } else { tokens }))
            .returning_new()
            .when(is_new.value(":run", run));
        match self.store.send(count).await {
            Ok(row) => item::read(row).map(Some),
            Err(WriteError::ConditionFailed(..)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// When the rows of a run's day may be deleted: a day after it.
fn lifetime(turn: &Turn) -> i64 {
    turn.started_at.next_day().plus(Turn::MEMORY).seconds()
}
