//! Limits for guessing passwords and for signing up: per network, and per subject of the passwords.

use std::time::Duration;

use super::App;
use crate::clock::Timestamp;
use crate::model::{Action, Failures, Guess, Network, Scope, Subject};
use crate::problem::Problem;
use crate::store::{Counted, NetworkCount};

/// Maximum tries of a conditional write that lost a race. With that many concurrent guesses the
/// subject is locked long before.
const MAX_TRIES: u32 = 20;
/// When a password that finds a new lock is counted again, while others are still being compared: the
/// lock may come from right ones, as of a program that signs in many times at once.
const LOOK_AGAIN: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1600),
];

impl App {
    /// Counts a sign-up. [`Problem::TooManyRequests`] beyond the limit. One round trip.
    pub(super) async fn count_sign_up(&self, network: &Network) -> Result<(), Problem> {
        let counted = self.store.attempts().count_action(Action::SignUp, network).await?;
        self.limit(counted, self.config.sign_ups_per_address)
    }

    /// [`Problem::TooManyRequests`] for a network that has failed to sign in too often.
    pub(super) fn refuse_network(&self, failed: NetworkCount) -> Result<(), Problem> {
        let with_this = NetworkCount { count: failed.count.saturating_add(1), ..failed };
        self.limit(with_this, self.config.attempts_per_address)
    }

    /// Counts a failure to sign in. [`Problem::TooManyRequests`] beyond the limit. One round trip.
    pub(super) async fn count_failed_sign_in(&self, network: &Network) -> Result<(), Problem> {
        let counted = self.store.attempts().count_action(Action::SignIn, network).await?;
        self.limit(counted, self.config.attempts_per_address)
    }

    /// [`Problem::TooManyRequests`] if a network has done something more than `max` times.
    pub(super) fn limit(&self, counted: NetworkCount, max: u64) -> Result<(), Problem> {
        if counted.count <= max {
            return Ok(());
        }
        Err(Problem::too_many_requests(self.clock.now().until(counted.ends_at)))
    }

    /// What must be true before a password is compared: it is counted as a wrong one of its network
    /// (`counted` says how far that went), and no failures lock its subject, those from all networks
    /// (`failures`) only if the network is not known. Otherwise [`Problem::TooManyRequests`].
    /// `known` says what is known of the network beside earlier right passwords.
    pub(super) async fn may_guess<'a>(
        &self,
        subject: Subject<'a>,
        network: &'a Network,
        known: bool,
        failures: &Failures,
        counted: Counted,
    ) -> Result<Guess<'a>, Problem> {
        let now = self.clock.now();
        let (Counted::Yes(row) | Counted::No(row)) = &counted;
        let known = known || row.is_known(now);
        if !known && let Some(left) = failures.locked_for(now) {
            return Err(Problem::too_many_requests(left));
        }
        Box::pin(self.count(subject, Scope::Network(network), failures.cleared_at, counted))
            .await?;
        Ok(Guess { subject, network, known })
    }

    /// Counts a wrong password with those from all networks, before the response reports it, so that
    /// concurrent guesses learn no more than guesses one after another. [`Problem::TooManyRequests`]
    /// if those have locked the subject for this network. One round trip, and one more from the
    /// hundredth on.
    pub(super) async fn count_wrong(&self, guess: Guess<'_>) -> Result<(), Problem> {
        let attempts = self.store.attempts();
        let (confirmed, counted) = tokio::join!(
            attempts.confirm_wrong(guess),
            attempts.count(guess.subject, Scope::AllNetworks),
        );
        confirmed?;
        match Box::pin(self.count(guess.subject, Scope::AllNetworks, None, counted?)).await {
            Err(Problem::TooManyRequests { .. }) if guess.known => Ok(()),
            outcome => outcome,
        }
    }

    /// The error for a right password from a network that is not known, after failures from other
    /// networks have locked its subject: the same as for a wrong one. One round trip.
    pub(super) async fn locked_by_others(&self, guess: Guess<'_>) -> Problem {
        let failures = self.store.attempts().failures(guess.subject, Scope::AllNetworks).await;
        match failures.map(|failures| failures.locked_for(self.clock.now())) {
            Ok(left) => Problem::too_many_requests(left.unwrap_or_default()),
            Err(error) => error.into(),
        }
    }

    /// Counts a wrong password that may lock. No round trip if it is counted already.
    async fn count(
        &self,
        subject: Subject<'_>,
        scope: Scope<'_>,
        cleared_at: Option<Timestamp>,
        mut counted: Counted,
    ) -> Result<(), Problem> {
        let attempts = self.store.attempts();
        let mut waits = LOOK_AGAIN.into_iter();
        for _ in 0..MAX_TRIES {
            let Counted::No(seen) = counted else { return Ok(()) };
            let now = self.clock.now();
            let live = seen.clone().unless_cleared(cleared_at.or(seen.cleared_at));
            counted = match live.locked_for(now) {
                None => {
                    let next = live.after(scope, now);
                    attempts.count_further(subject, scope, &seen, &next).await?
                }
                Some(left) => {
                    let wait = waits.next().filter(|_| live.may_be_given_back(scope, now));
                    let wait = wait.ok_or_else(|| Problem::too_many_requests(left))?;
                    self.clock.wait_since(now, wait).await;
                    attempts.count(subject, scope).await?
                }
            };
        }
        Err(Problem::Unavailable("too many attempts at once".into()))
    }
}
