#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::Deserialize;

use super::Network;
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::text::Email;

/// Wrong passwords from one network that are free; the next one, the fifth, locks.
const FREE: u32 = 4;
/// The first lock: 30 seconds. Each further failure doubles it.
const FIRST_LOCK: Duration = Duration::from_secs(30);
/// The longest lock: 1 hour.
const LONG_LOCK: Duration = Duration::from_hours(1);
/// The hundredth wrong password from all networks together locks, which is the maximum that NIST SP
/// 800-63B-4 §3.2.2 allows.
const FREE_IN_ALL: u32 = 99;
/// A count is forgotten this long after its first failure.
const MEMORY: Duration = Duration::from_hours(24);
/// A network is known for this long after a right password.
const KNOWN: Duration = Duration::from_hours(30 * 24);
/// A lock that began less than this long ago may be that of right passwords that are being
/// compared.
const JUST_NOW: Duration = Duration::from_secs(5);

/// What is counted for each network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Failing to sign in.
    SignIn,
    /// Signing up.
    SignUp,
    /// Asking for a mail.
    Mail,
}

/// Whose wrong passwords are counted.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// An address that somebody tries to sign in with, whether it has an account or not.
    Address(&'a Email),
    /// A user who is signed in. Counted apart, so that failed attempts to sign in do not lock a user
    /// who is signed in.
    User(&'a UserId),
}

/// Which wrong passwords of a subject are counted together, and how they lock.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// Those from one network. They lock the subject for this network.
    Network(&'a Network),
    /// Those from all networks. They lock the subject for networks that are not known.
    AllNetworks,
}

impl Scope<'_> {
    /// How many wrong passwords do not lock.
    pub fn free(self) -> u32 {
        match self {
            Self::Network(_) => FREE,
            Self::AllNetworks => FREE_IN_ALL,
        }
    }

    fn lock(self, count: u32) -> Option<Duration> {
        let further = count.checked_sub(self.free())?.checked_sub(1)?;
        Some(match self {
            Self::Network(_) => FIRST_LOCK.saturating_mul(1 << further.min(10)).min(LONG_LOCK),
            Self::AllNetworks => LONG_LOCK,
        })
    }
}

/// A password that somebody tries.
#[derive(Debug, Clone, Copy)]
pub struct Guess<'a> {
    /// Whose password.
    pub subject: Subject<'a>,
    /// From where.
    pub network: &'a Network,
    /// Whether a right password came from there not long ago. Then failures from elsewhere do not
    /// count against it.
    pub known: bool,
}

/// The wrong passwords of one subject in one scope. They are stored in the same way for an address
/// without an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Failures {
    /// The number of wrong passwords.
    #[serde(rename = "failures", default)]
    pub count: u32,
    /// How many of them have been compared; the others may still turn out to be right.
    #[serde(default)]
    pub wrong: u32,
    /// When the first of them came.
    pub since: Option<Timestamp>,
    /// Until then, no password is tried.
    pub locked_until: Option<Timestamp>,
    /// When the last right password came from this network.
    pub succeeded_at: Option<Timestamp>,
    /// Failures before this time count as none, also those of the single networks.
    pub cleared_at: Option<Timestamp>,
}

impl Failures {
    /// The time before which a count's first failure is forgotten.
    pub fn forgotten_before(now: Timestamp) -> Timestamp {
        let memory = i64::try_from(MEMORY.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_milliseconds(now.milliseconds().saturating_sub(memory))
    }

    /// The failures after one more at `now`.
    #[must_use]
    pub fn after(&self, scope: Scope<'_>, now: Timestamp) -> Self {
        let since = self.since.filter(|since| *since > Self::forgotten_before(now));
        let (count, wrong) = match since {
            Some(_) => (self.count.saturating_add(1), self.wrong),
            None => (1, 0),
        };
        let locked_until = scope.lock(count).map(|lock| now.plus(lock));
        Self { count, wrong, since: Some(since.unwrap_or(now)), locked_until, ..self.clone() }
    }

    /// The same without what was cleared.
    #[must_use]
    pub fn unless_cleared(self, cleared_at: Option<Timestamp>) -> Self {
        match (self.since, cleared_at) {
            (Some(since), Some(cleared_at)) if since <= cleared_at => {
                Self { count: 0, wrong: 0, since: None, locked_until: None, ..self }
            }
            _ => self,
        }
    }

    /// How much longer the subject is locked; `None` if a password may be tried.
    pub fn locked_for(&self, now: Timestamp) -> Option<Duration> {
        let locked_until = self.locked_until.filter(|until| *until > now)?;
        Some(now.until(locked_until))
    }

    /// Whether a lock began so recently that the passwords that caused it may turn out to be right.
    pub fn may_be_given_back(&self, scope: Scope<'_>, now: Timestamp) -> bool {
        let (Scope::Network(_), Some(lock)) = (scope, scope.lock(self.count)) else { return false };
        self.wrong < self.count && self.locked_for(now).is_some_and(|left| left + JUST_NOW > lock)
    }

    /// Whether a right password came from this network not long ago.
    pub fn is_known(&self, now: Timestamp) -> bool {
        self.succeeded_at.is_some_and(|at| at.plus(KNOWN) > now)
    }

    /// When nothing of them is needed any more. A lock may outlive the count that led to it.
    pub fn expires_at(&self, now: Timestamp) -> Timestamp {
        let counted = now.plus(MEMORY).plus(LONG_LOCK);
        self.succeeded_at.map_or(counted, |at| at.plus(KNOWN).max(counted))
    }
}
