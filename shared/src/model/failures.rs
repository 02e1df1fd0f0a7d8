use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// So many wrong passwords in a row are free.
const FREE: u32 = 5;
/// The first lock; each further failure doubles it.
const FIRST_LOCK: Duration = Duration::from_secs(30);
/// No lock is longer: 1 hour.
const LONGEST_LOCK: Duration = Duration::from_hours(1);
/// From so many failures on, which is the most that NIST SP 800-63B-4 §3.2.2 allows, each lock
/// lasts a day.
const MOST: u32 = 100;
const MAX_LOCK: Duration = Duration::from_hours(24);
/// Failures are forgotten so long after the last lock: 24 hours.
const MEMORY: Duration = Duration::from_hours(24);

/// The wrong passwords in a row for one address or one user. What is written of it is the same
/// for an address that nobody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// How many.
    #[serde(rename = "failures")]
    pub count: u32,
    /// No password is looked at before then.
    pub locked_until: Timestamp,
}

impl Failures {
    /// The failures after one more at `now`.
    pub fn after(before: Option<&Self>, now: Timestamp) -> Self {
        let remembered = before.filter(|failures| !failures.are_forgotten(now));
        let count = remembered.map_or(0, |failures| failures.count).saturating_add(1);
        Self { count, locked_until: now.plus(lock(count)) }
    }

    /// How long no password is looked at yet; `None` if one may be tried.
    pub fn locked_for(&self, now: Timestamp) -> Option<Duration> {
        (self.locked_until > now).then(|| now.until(self.locked_until))
    }

    /// When they are forgotten.
    pub fn forgotten_at(&self) -> Timestamp {
        self.locked_until.plus(MEMORY)
    }

    fn are_forgotten(&self, now: Timestamp) -> bool {
        self.forgotten_at() <= now
    }
}

fn lock(count: u32) -> Duration {
    match count.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(_) if count >= MOST => MAX_LOCK,
        Some(more) => FIRST_LOCK.saturating_mul(1 << more.min(10)).min(LONGEST_LOCK),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_milliseconds(0);

    fn failures(count: u32) -> Failures {
        let mut failures = Failures::after(None, START);
        for _ in 1..count {
            failures = Failures::after(Some(&failures), START);
        }
        failures
    }

    #[test]
    fn check_28_the_fifth_failure_locks_and_each_further_one_doubles() {
        let seconds = |count| failures(count).locked_for(START).map(|lock| lock.as_secs());
        assert_eq!(seconds(4), None);
        assert_eq!([5, 6, 7, 8].map(seconds), [Some(30), Some(60), Some(120), Some(240)]);
        assert_eq!([12, 99].map(seconds), [Some(3600), Some(3600)]);
        assert_eq!([100, 1000].map(seconds), [Some(86_400), Some(86_400)]);
    }

    #[test]
    fn failures_are_forgotten_a_day_after_the_lock() {
        let five = failures(5);
        let before = five.locked_until.plus(Duration::from_hours(23));
        assert_eq!(Failures::after(Some(&five), before).count, 6);
        assert_eq!(Failures::after(Some(&five), five.forgotten_at()).count, 1);
    }
}
