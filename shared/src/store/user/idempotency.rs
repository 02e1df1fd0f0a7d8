use serde::{Deserialize, Serialize};

use super::UserStore;
use crate::clock::Timestamp;
use crate::model::IdempotencyKey;
use crate::store::item::{self, Item};
use crate::store::keys::{self, Key};
use crate::store::read::Rows;
use crate::store::write::{Condition, Put, Write, WriteError};
use crate::store::{Kind, StoreError};

/// The idempotency key of a request, within one operation.
pub(super) struct Once<'a> {
    pub(super) row: Key,
    key: &'a IdempotencyKey,
}

/// What an idempotency key led to.
#[derive(Serialize, Deserialize)]
struct Outcome {
    /// The fingerprint of the body.
    body: String,
    /// The id of the new item.
    result: String,
    /// The key is forgotten then.
    expires_at: Timestamp,
}

impl UserStore<'_> {
    /// The key within `operation`, if the request has one.
    pub(super) fn once<'k>(
        &self,
        key: Option<&'k IdempotencyKey>,
        operation: &str,
    ) -> Option<Once<'k>> {
        key.map(|key| Once { row: keys::idempotency(self.user(), key, operation), key })
    }

    /// The id that an earlier request with this key led to, out of what was read.
    /// [`StoreError::KeyReused`] if that request had another body.
    pub(super) fn earlier(
        &self,
        rows: &mut Rows,
        once: &Once<'_>,
    ) -> Result<Option<String>, StoreError> {
        let outcome: Option<Outcome> = rows.take(&once.row)?;
        match outcome {
            Some(outcome) if outcome.expires_at <= self.store.clock.now() => Ok(None),
            Some(outcome) if outcome.body != once.key.body() => Err(StoreError::KeyReused),
            outcome => Ok(outcome.map(|outcome| outcome.result)),
        }
    }

    /// Stores the new item, whose id is `result`. If there is an idempotency key and another request
    /// with the same key has already stored its item, stores nothing and returns that item's id.
    pub(super) async fn store_once(
        &self,
        item: Item,
        result: &str,
        once: Option<&Once<'_>>,
    ) -> Result<Option<String>, StoreError> {
        let new = Write::put(item).when(Condition::absent());
        let stored = match once {
            None => self.store.send(new).await.map(drop),
            Some(once) => self.store.transact([new, self.remember(result, once)?]).await,
        };
        match (stored, once) {
            // No other request has this id: the item is our own, and the response was lost.
            (Ok(()), _) | (Err(WriteError::ConditionFailed(..)), None) => Ok(None),
            (Err(WriteError::ConditionFailed(..)), Some(once)) => {
                let mut rows = self.store.get(std::slice::from_ref(&once.row)).await?;
                let earlier = self.earlier(&mut rows, once)?;
                let expired = || StoreError::Conflict("the key expired meanwhile".into());
                earlier.ok_or_else(expired).map(Some)
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    fn remember(&self, result: &str, once: &Once<'_>) -> Result<Write<Put>, StoreError> {
        let now = self.store.clock.now();
        let expires_at = now.plus(IdempotencyKey::LIFETIME);
        let outcome =
            Outcome { body: once.key.body().to_owned(), result: result.to_owned(), expires_at };
        let outcome = item::write(once.row.clone(), Kind::IdempotencyKey, &outcome)?;
        let unused = Condition::new("attribute_not_exists(pk) OR expires_at <= :now")
            .value(":now", item::s(now.to_string()));
        Ok(Write::put(item::expires(outcome, expires_at)).when(unused))
    }
}
