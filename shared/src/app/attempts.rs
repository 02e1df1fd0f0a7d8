//! How often somebody may guess: per source address, and per account.

use std::time::Duration;

use super::App;
use crate::model::{Action, Client, Failures, Subject};
use crate::problem::Problem;

/// Attempts of a source address are counted in windows of 10 minutes.
const WINDOW: Duration = Duration::from_mins(10);
/// What others got in the way of is written anew at most so often: of so many guesses at once, most
/// find the account locked.
pub(super) const MAX_TRIES: u32 = 20;

impl App {
    /// Counts an attempt of the client's address. [`Problem::TooManyRequests`] beyond the limit,
    /// which success does not reset. One round trip.
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

    /// [`Problem::TooManyRequests`] while the failures lock.
    pub(super) fn refuse_locked(&self, failures: Option<&Failures>) -> Result<(), Problem> {
        match failures.and_then(|failures| failures.locked_for(self.clock.now())) {
            Some(left) => Err(Problem::too_many_requests(left)),
            None => Ok(()),
        }
    }

    /// Writes down a failure, before its answer tells of it: so many guesses at once get no more
    /// answers than one after the other. [`Problem::TooManyRequests`] if others have locked the
    /// account meanwhile. One round trip, and two for each attempt that came between.
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

    /// The failures as they are after others got in the way of a right password.
    /// [`Problem::TooManyRequests`] if they have locked the account, as a wrong one is told then:
    /// any other refusal would tell the two apart.
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
