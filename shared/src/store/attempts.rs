use std::time::Duration;

use aws_sdk_dynamodb::types::{ReturnValue, TransactWriteItem};

use super::item;
use super::keys;
use super::part::Condition;
use super::write::WriteError;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::model::Failures;
use crate::text::Email;

/// What attempts are counted of.
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
    /// Those of signing in with an address, whether anyone has it or not.
    Address(&'a Email),
    /// Those that a signed-in user gives: a stranger's failed sign-ins must not lock them.
    User(&'a UserId),
}

/// Attempts to guess, counted in the table, so that every copy of a function counts alike.
#[derive(Debug)]
pub struct Attempts<'a> {
    store: &'a Store,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Counts an attempt of a source address and answers how many it has made in this window of
    /// time, and when the window ends. One round trip, 1 write unit.
    pub async fn count(
        &self,
        action: Action,
        ip_address: &str,
        window: Duration,
    ) -> Result<(u64, Timestamp), StoreError> {
        let length = i64::try_from(window.as_millis()).unwrap_or(i64::MAX).max(1);
        let number = self.store.clock.now().milliseconds().div_euclid(length);
        let ends_at = Timestamp::from_milliseconds(number.saturating_add(1).saturating_mul(length));
        let update = self
            .store
            .update(&keys::attempts(action, ip_address, number))
            .update_expression("SET kind = :kind, v = :v, #ttl = :ttl ADD attempts :one")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":kind", item::s("attempts"))
            .expression_attribute_values(":v", item::n(item::VERSION))
            .expression_attribute_values(":ttl", item::n(ends_at.seconds() + 1))
            .expression_attribute_values(":one", item::n(1))
            .return_values(ReturnValue::AllNew);
        let counted = self.store.send_update(update).await?;
        Ok((item::number(&counted, "attempts")?, ends_at))
    }

    /// The failures of whoever is subject; one round trip, 1 read unit.
    pub async fn failures(&self, subject: Subject<'_>) -> Result<Option<Failures>, StoreError> {
        let key = keys::failures(subject);
        self.store.get(std::slice::from_ref(&key)).await?.take(&key)
    }

    /// Stores `next` if the failures still are as they were `seen`; `false` if not, and another
    /// attempt came between. One round trip, 1 write unit.
    pub async fn replace(
        &self,
        subject: Subject<'_>,
        seen: Option<&Failures>,
        next: &Failures,
    ) -> Result<bool, StoreError> {
        let row = item::write(keys::failures(subject), "failures", next)?;
        let row = item::expires(row, next.forgotten_at());
        happened(self.store.put(row, unchanged(seen)).await)
    }

    /// Forgets the failures if they still are as they were `seen`; `false` if not. One round trip,
    /// 1 write unit.
    pub async fn forget(
        &self,
        subject: Subject<'_>,
        seen: Option<&Failures>,
    ) -> Result<bool, StoreError> {
        let key = keys::failures(subject);
        happened(self.store.delete_if(&key, Some(unchanged(seen))).await)
    }
}

impl Store {
    /// The part of a transaction that forgets the failures, and lets it happen only if they still
    /// are as they were `seen`: so of many guesses at once, none counts that came after the lock.
    pub(super) fn forget_part(
        &self,
        subject: Subject<'_>,
        seen: Option<&Failures>,
    ) -> Result<TransactWriteItem, StoreError> {
        self.delete_part(&keys::failures(subject), unchanged(seen))
    }
}

fn unchanged(seen: Option<&Failures>) -> Condition {
    seen.map_or_else(Condition::absent, |seen| {
        Condition::new("failures = :failures AND locked_until = :locked_until")
            .value(":failures", item::n(seen.count))
            .value(":locked_until", item::s(seen.locked_until.to_string()))
    })
}

fn happened(outcome: Result<(), WriteError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(WriteError::ConditionFailed(..)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
