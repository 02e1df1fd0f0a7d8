//! What the whole stack has used of its quota today, as this instance knows it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::app::App;
use crate::clock::Timestamp;
use crate::model::{Quota, StackQuotaUsed};
use crate::store::ChatRows;

/// How long an instance relies on what it knows, before it reads again. Meanwhile others may go over
/// the quota, with as many turns as they run in that time.
const MAX_AGE: Duration = Duration::from_secs(30);

/// What was last read, and when.
#[derive(Debug, Default)]
pub(crate) struct StackQuota(Mutex<Option<(Timestamp, StackQuotaUsed)>>);

impl StackQuota {
    /// What has been used on the day of `now`; `None` if that must be read.
    fn used(&self, now: Timestamp) -> Option<StackQuotaUsed> {
        let known = *self.known();
        let is_fresh = |at: Timestamp| at.plus(MAX_AGE) > now && at.date() == now.date();
        known.filter(|(at, _)| is_fresh(*at)).map(|(_, used)| used)
    }

    fn learn(&self, now: Timestamp, used: StackQuotaUsed) {
        *self.known() = Some((now, used));
    }

    fn known(&self) -> MutexGuard<'_, Option<(Timestamp, StackQuotaUsed)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Whether a turn has to read the quota of the stack.
    pub(super) fn needs_stack_quota(&self) -> bool {
        self.config.quota.stack_tokens.is_some()
            && self.stack_quota.used(self.clock.now()).is_none()
    }

    /// Which quota of the stack forbids the user of these rows another question, if one does.
    pub(super) fn stack_quota_reached(&self, rows: &ChatRows) -> Option<Quota> {
        let used = rows.stack_quota.or_else(|| self.stack_quota.used(rows.read_at));
        self.config.quota.stack_reached(&used.unwrap_or_default(), rows.is_verified)
    }

    /// Remembers what was just read of the quota of the stack of the day of `at`.
    pub(super) fn learn_stack_quota(&self, at: Timestamp, used: Option<StackQuotaUsed>) {
        let now = self.clock.now();
        if let (Some(used), true) = (used, at.date() == now.date()) {
            self.stack_quota.learn(now, used);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m3_what_is_known_of_the_stack_is_used_for_thirty_seconds_of_its_day() {
        let quota = StackQuota::default();
        let noon = Timestamp::parse("2026-01-31T12:00:00.000Z").unwrap();
        assert_eq!(quota.used(noon), None);
        let used = StackQuotaUsed { tokens: 7, unverified_tokens: 3 };
        quota.learn(noon, used);
        assert_eq!(quota.used(noon), Some(used));
        assert_eq!(quota.used(noon.plus(Duration::from_millis(29_999))), Some(used));
        assert_eq!(quota.used(noon.plus(MAX_AGE)), None);
        quota.learn(Timestamp::parse("2026-01-31T23:59:59.999Z").unwrap(), used);
        let next_day = Timestamp::parse("2026-02-01T00:00:00.000Z").unwrap();
        assert_eq!(quota.used(next_day), None);
    }
}
