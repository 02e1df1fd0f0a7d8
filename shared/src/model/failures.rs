use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::UserId;
use crate::text::Email;

/// The fifth wrong password in a row locks the subject; four are free.
const LOCK_FROM: u32 = 5;
/// The first lock: 30 seconds. Each further failure doubles it.
const FIRST_LOCK: Duration = Duration::from_secs(30);
/// The longest lock below 100 failures: 1 hour.
const LONG_LOCK: Duration = Duration::from_hours(1);
/// From the hundredth failure on, which is the maximum that NIST SP 800-63B-4 §3.2.2 allows, each
/// lock lasts a day.
const MAX_FAILURES: u32 = 100;
const MAX_LOCK: Duration = Duration::from_hours(24);
/// Failures are forgotten this long after the last lock: 24 hours.
const MEMORY: Duration = Duration::from_hours(24);

/// The attempts that are counted for each source address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Signing in.
    SignIn,
    /// Signing up.
    SignUp,
}

/// Whose wrong passwords are counted.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// An address that somebody tries to sign in with, whether it has an account or not.
    Address(&'a Email),
    /// A user who is signed in. Counted apart, so that a stranger's failed attempts to sign in do
    /// not lock the user.
    User(&'a UserId),
}

/// The wrong passwords in a row of one subject. They are stored in the same way for an address
/// without an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// The number of wrong passwords.
    #[serde(rename = "failures")]
    pub count: u32,
    /// Until then, no password is tried.
    pub locked_until: Timestamp,
}

impl Failures {
    /// The failures after one more at `now`.
    pub fn after(before: Option<&Self>, now: Timestamp) -> Self {
        let remembered = before.filter(|failures| !failures.are_forgotten(now));
        let count = remembered.map_or(0, |failures| failures.count).saturating_add(1);
        Self { count, locked_until: now.plus(lock(count)) }
    }

    /// How much longer the subject is locked; `None` if a password may be tried.
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
    match count.checked_sub(LOCK_FROM) {
        None => Duration::ZERO,
        Some(_) if count >= MAX_FAILURES => MAX_LOCK,
        Some(more) => FIRST_LOCK.saturating_mul(1 << more.min(10)).min(LONG_LOCK),
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
