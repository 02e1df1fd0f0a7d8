use std::time::Duration;

use super::item::{self, Item};
use super::keys::{self, Key};
use super::read::Rows;
use super::write::{Condition, Part, Update, Write, WriteError, happened};
use super::{Kind, Store, StoreError};
use crate::clock::Timestamp;
use crate::model::{Action, Failures, Guess, Network, Scope, Subject};
use crate::text::Email;

/// The window in which a network's attempts are counted: 10 minutes.
const WINDOW: Duration = Duration::from_mins(10);
/// Where [`right_password`] puts its check of the failures from all networks.
pub(super) const ALL_NETWORKS: usize = 1;

/// The counters that limit guessing. They are in the table, so that all instances of a function
/// share them.
#[derive(Debug)]
pub struct Attempts<'a> {
    store: &'a Store,
}

/// What came of counting a wrong password.
#[derive(Debug)]
pub enum Counted {
    /// It is counted; these are the failures with it.
    Yes(Failures),
    /// It is not: these are the failures, and one more may lock, or they lock already.
    No(Failures),
}

/// What a network has done, or what an address got, in the present window of time.
#[derive(Debug, Clone, Copy)]
pub struct NetworkCount {
    /// How often.
    pub count: u64,
    /// When the window ends.
    pub ends_at: Timestamp,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Counts something that a network does. One round trip, 1 write unit.
    pub async fn count_action(
        &self,
        action: Action,
        network: &Network,
    ) -> Result<NetworkCount, StoreError> {
        self.count_in(window(action, network, self.store.clock.now())).await
    }

    /// Counts a mail to an address that anybody may ask for. One round trip, 1 write unit.
    pub async fn count_mail_to(&self, email: &Email) -> Result<NetworkCount, StoreError> {
        let (number, ends_at) = number_of_window(self.store.clock.now());
        self.count_in((keys::mails_to(email, number), ends_at)).await
    }

    async fn count_in(&self, (key, ends_at): (Key, Timestamp)) -> Result<NetworkCount, StoreError> {
        let update = Write::update(&key)
            .set_kind(Kind::Attempts)
            .set("ttl", item::n(ends_at.seconds() + 1))
            .add("attempts", item::n(1))
            .returning_new();
        let counted = self.store.send(update).await?;
        Ok(NetworkCount { count: item::number(&counted, "attempts")?, ends_at })
    }

    /// The failures of a subject; one round trip, 1 read unit.
    pub async fn failures(
        &self,
        subject: Subject<'_>,
        scope: Scope<'_>,
    ) -> Result<Failures, StoreError> {
        Ok(self.store.row(&keys::failures(subject, scope)).await?.unwrap_or_default())
    }

    /// Counts a wrong password, unless it could lock: [`Attempts::count_further`] does that. It
    /// compares no count with an earlier one, so that any number may be counted at once. One round
    /// trip, 1 write unit.
    pub async fn count(
        &self,
        subject: Subject<'_>,
        scope: Scope<'_>,
    ) -> Result<Counted, StoreError> {
        count(self.store, subject, scope).await
    }

    /// Stores `next` if the failures have not changed since they were `seen`. One round trip, 1
    /// write unit.
    pub async fn count_further(
        &self,
        subject: Subject<'_>,
        scope: Scope<'_>,
        seen: &Failures,
        next: &Failures,
    ) -> Result<Counted, StoreError> {
        let text = |at: Option<Timestamp>| item::s(at.map(|at| at.to_string()).unwrap_or_default());
        let now = self.store.clock.now();
        let mut update = Write::update(&keys::failures(subject, scope))
            .set_kind(Kind::Failures)
            .set("failures", item::n(next.count))
            .set("since", text(next.since))
            .set("ttl", item::n(next.expires_at(now).seconds()));
        update = match next.locked_until {
            Some(_) => update.set("locked_until", text(next.locked_until)),
            None => update.remove(["locked_until"]),
        };
        if next.count == 1 {
            update = update.remove(["wrong"]);
        }
        let unchanged = match seen.since {
            None => Condition::new("attribute_not_exists(since)"),
            Some(_) => Condition::new("failures = :seen_failures AND since = :seen_since")
                .value(":seen_failures", item::n(seen.count))
                .value(":seen_since", text(seen.since)),
        };
        counted(self.store.send(update.when(unchanged).returning_new()).await)
    }

    /// Stores that a password which was counted was wrong indeed. One round trip, 1 write unit.
    pub async fn confirm_wrong(&self, guess: Guess<'_>) -> Result<(), StoreError> {
        let update = Write::update(&keys::failures(guess.subject, Scope::Network(guess.network)))
            .add("wrong", item::n(1))
            // A right password that came meanwhile has ended the count.
            .when(Condition::new("attribute_exists(failures)"));
        happened(self.store.send(update).await).map(drop)
    }

    /// Stores that a password was right; `false`, and nothing is stored, if failures from other
    /// networks lock its subject now. One round trip, 2 write units, 4 from a network that is not
    /// known.
    pub async fn succeed(&self, guess: Guess<'_>) -> Result<bool, StoreError> {
        match self.store.transact(right_password(guess, self.store.clock.now())).await {
            Ok(()) => Ok(true),
            Err(WriteError::ConditionFailed(ALL_NETWORKS, _)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Counts a wrong password, as [`Attempts::count`] does.
pub(super) async fn count(
    store: &Store,
    subject: Subject<'_>,
    scope: Scope<'_>,
) -> Result<Counted, StoreError> {
    let now = store.clock.now();
    let free = "attribute_not_exists(failures) OR (failures < :free AND since > :forgotten)";
    let free = Condition::new(free)
        .value(":free", item::n(scope.free()))
        .value(":forgotten", item::s(Failures::forgotten_before(now).to_string()));
    let ttl = item::n(Failures::default().expires_at(now).seconds());
    let update = Write::update(&keys::failures(subject, scope))
        .set_kind(Kind::Failures)
        .set_if_absent("since", item::s(now.to_string()))
        .add("failures", item::n(1))
        .when(free);
    let update = match scope {
        // That a network is known outlives its failures.
        Scope::Network(_) => update.set_if_absent("ttl", ttl),
        // A row that was cleared has the `ttl` of that time.
        Scope::AllNetworks => update.set("ttl", ttl),
    };
    counted(store.send(update.returning_new()).await)
}

/// What a right password writes, in one transaction with what it leads to: its network is known, and
/// what was counted before the comparison is given back. From a network that is not known, the
/// second part checks that no failures from all networks lock.
pub(super) fn right_password(guess: Guess<'_>, now: Timestamp) -> Vec<Part> {
    let row = Failures { succeeded_at: Some(now), ..Failures::default() };
    let success = Write::update(&keys::failures(guess.subject, Scope::Network(guess.network)))
        .set_kind(Kind::Failures)
        .set("succeeded_at", item::s(now.to_string()))
        .set("ttl", item::n(row.expires_at(now).seconds()))
        .remove(["failures", "wrong", "since", "locked_until"]);
    let mut parts = vec![success.into()];
    parts.extend(not_locked(guess, now));
    parts
}

/// The check that no failures from all networks lock, if the network is not known.
pub(super) fn not_locked(guess: Guess<'_>, now: Timestamp) -> Option<Part> {
    if guess.known {
        return None;
    }
    let open = "attribute_not_exists(locked_until) OR locked_until <= :now";
    let open = Condition::new(open).value(":now", item::s(now.to_string()));
    Some(Write::check(&keys::failures(guess.subject, Scope::AllNetworks), open).into())
}

/// The write that unlocks a subject: what was counted before counts as none, also for the single
/// networks, as long as a count is remembered. It compares nothing, so that failures that are counted at
/// the same time are not in the way.
pub(super) fn unlock(subject: Subject<'_>, now: Timestamp) -> Write<Update> {
    Write::update(&keys::failures(subject, Scope::AllNetworks))
        .set_kind(Kind::Failures)
        .set("cleared_at", item::s(now.to_string()))
        .set("ttl", item::n(Failures::default().expires_at(now).seconds()))
        .remove(["failures", "wrong", "since", "locked_until"])
}

/// The key under which a network's failures to sign in are counted at this time.
pub(super) fn failed_sign_ins(network: &Network, now: Timestamp) -> Key {
    window(Action::SignIn, network, now).0
}

/// The failures to sign in that were read with [`failed_sign_ins`].
pub(super) fn take_failed_sign_ins(
    rows: &mut Rows,
    network: &Network,
    now: Timestamp,
) -> Result<NetworkCount, StoreError> {
    let (key, ends_at) = window(Action::SignIn, network, now);
    let row = rows.take_item(&key);
    let count = row.map_or(Ok(0), |row| item::number(&row, "attempts"))?;
    Ok(NetworkCount { count, ends_at })
}

fn window(action: Action, network: &Network, now: Timestamp) -> (Key, Timestamp) {
    let (number, ends_at) = number_of_window(now);
    (keys::attempts(action, network, number), ends_at)
}

/// The number of the present window, and its end.
fn number_of_window(now: Timestamp) -> (i64, Timestamp) {
    let length = i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX).max(1);
    let number = now.milliseconds().div_euclid(length);
    let ends_at = Timestamp::from_milliseconds(number.saturating_add(1).saturating_mul(length));
    (number, ends_at)
}

fn counted(outcome: Result<Item, WriteError>) -> Result<Counted, StoreError> {
    match outcome {
        Ok(new) => Ok(Counted::Yes(item::read(new)?)),
        Err(WriteError::ConditionFailed(_, old)) => {
            Ok(Counted::No(old.map(item::read).transpose()?.unwrap_or_default()))
        }
        Err(WriteError::Store(error)) => Err(error),
    }
}
