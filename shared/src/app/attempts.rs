//! Limits for attempts to sign in or up: per source address, and per account.

use std::time::Duration;

use super::App;
use crate::model::{Action, Client, Failures, Subject};
use crate::problem::Problem;

/// The window in which the attempts of a source address are counted: 10 minutes.
const WINDOW: Duration = Duration::from_mins(10);
/// Maximum tries of a conditional write that lost a race. With that many concurrent guesses the
/// account is locked long before.
pub(super) const MAX_TRIES: u32 = 20;

impl App {
    /// Counts an attempt of the client's address. [`Problem::TooManyRequests`] beyond the limit; a
    /// successful attempt counts too. One round trip.
    pub(super) async fn count_attempt(
        &self,
        action: Action,
        client: &Client,
    ) -> Result<(), Problem> {
        let address = client.network();
        let (attempts, ends_at) = self.store.attempts().count(action, &address, WINDOW).await?;
        if attempts <= self.config.attempts_per_address {
            return Ok(());
        }
        Err(Problem::too_many_requests(self.clock.now().until(ends_at)))
    }

    /// [`Problem::TooManyRequests`] while the failures lock the subject.
    pub(super) fn refuse_locked(&self, failures: Option<&Failures>) -> Result<(), Problem> {
        match failures.and_then(|failures| failures.locked_for(self.clock.now())) {
            Some(remaining) => Err(Problem::too_many_requests(remaining)),
            None => Ok(()),
        }
    }

    /// Stores a failure before the response reports it, so concurrent guesses learn no more than
    /// guesses one after another. [`Problem::TooManyRequests`] if concurrent attempts have locked the
    /// subject. One round trip, and two for each of those attempts.
    pub(super) async fn record_failure(
        &self,
        subject: Subject<'_>,
        mut seen: Option<Failures>,
    ) -> Result<(), Problem> {
        for _ in 0..MAX_TRIES {
            self.refuse_locked(seen.as_ref())?;
            let next = Failures::after(seen.as_ref(), self.clock.now());
            if self.store.attempts().replace(subject, seen.as_ref(), &next).await? {
                return Ok(());
            }
            seen = self.store.attempts().failures(subject).await?;
        }
        Err(too_many_at_once())
    }

    /// Reads the failures again after a concurrent attempt changed them while a correct password was
    /// handled. [`Problem::TooManyRequests`] if they lock the subject now. A wrong password gets the
    /// same error then, so the response does not tell the two apart.
    pub(super) async fn failures_since(
        &self,
        subject: Subject<'_>,
    ) -> Result<Option<Failures>, Problem> {
        let failures = self.store.attempts().failures(subject).await?;
        self.refuse_locked(failures.as_ref())?;
        Ok(failures)
    }
}

pub(super) fn too_many_at_once() -> Problem {
    Problem::Unavailable("too many attempts at once".into())
}
