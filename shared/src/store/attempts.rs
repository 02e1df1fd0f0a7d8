use std::time::Duration;

use super::item;
use super::keys;
use super::write::{Condition, Delete, Write, happened};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::model::{Action, Failures, Subject};

/// The counters that limit guessing. They are in the table, so that all instances of a function
/// share them.
#[derive(Debug)]
pub struct Attempts<'a> {
    store: &'a Store,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Counts an attempt of a source address. Returns how many it has made in this window of time,
    /// and when the window ends. One round trip, 1 write unit.
    pub async fn count(
        &self,
        action: Action,
        ip_address: &str,
        window: Duration,
    ) -> Result<(u64, Timestamp), StoreError> {
        let length = i64::try_from(window.as_millis()).unwrap_or(i64::MAX).max(1);
        let number = self.store.clock.now().milliseconds().div_euclid(length);
        let ends_at = Timestamp::from_milliseconds(number.saturating_add(1).saturating_mul(length));
        let update = Write::update(&keys::attempts(action, ip_address, number))
            .set_kind("attempts")
            .set("ttl", item::n(ends_at.seconds() + 1))
            .add("attempts", item::n(1))
            .returning_new();
        let counted = self.store.send(update).await?;
        Ok((item::number(&counted, "attempts")?, ends_at))
    }

    /// The failures of a subject; one round trip, 1 read unit.
    pub async fn failures(&self, subject: Subject<'_>) -> Result<Option<Failures>, StoreError> {
        self.store.row(&keys::failures(subject)).await
    }

    /// Stores `next` if the failures have not changed since they were `seen`; otherwise `false`.
    /// One round trip, 1 write unit.
    pub async fn replace(
        &self,
        subject: Subject<'_>,
        seen: Option<&Failures>,
        next: &Failures,
    ) -> Result<bool, StoreError> {
        let row = item::write(keys::failures(subject), "failures", next)?;
        let row = item::expires(row, next.forgotten_at());
        happened(self.store.send(Write::put(row).when(unchanged(seen))).await)
    }

    /// Deletes the failures if they have not changed since they were `seen`; otherwise `false`. One
    /// round trip, 1 write unit.
    pub async fn forget(
        &self,
        subject: Subject<'_>,
        seen: Option<&Failures>,
    ) -> Result<bool, StoreError> {
        happened(self.store.send(forget_failures(subject, seen)).await)
    }
}

/// Deletes the failures, on condition that they have not changed since they were `seen`. In a
/// transaction with what a correct password leads to, a correct password that arrives after a
/// concurrent lock therefore leads to nothing.
pub(super) fn forget_failures(subject: Subject<'_>, seen: Option<&Failures>) -> Write<Delete> {
    Write::delete(&keys::failures(subject)).when(unchanged(seen))
}

fn unchanged(seen: Option<&Failures>) -> Condition {
    seen.map_or_else(Condition::absent, |seen| {
        Condition::new("failures = :failures AND locked_until = :locked_until")
            .value(":failures", item::n(seen.count))
            .value(":locked_until", item::s(seen.locked_until.to_string()))
    })
}
