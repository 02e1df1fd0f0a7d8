use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::{Deserialize, Serialize};

use super::super::StoreError;
use super::super::item::{self, Item};
use super::super::keys::{self, Key};
use super::super::part::Condition;
use super::super::read::Rows;
use super::super::write::WriteError;
use super::UserStore;
use crate::clock::Timestamp;
use crate::model::IdempotencyKey;

/// An idempotency key within one operation, as this request may use it.
pub(super) struct Once<'a> {
    pub(super) row: Key,
    key: &'a IdempotencyKey,
}

/// What an idempotency key led to.
#[derive(Serialize, Deserialize)]
struct Outcome {
    /// The fingerprint of the body.
    body: String,
    /// The id of what was made.
    result: String,
    /// The key counts until then.
    expires_at: Timestamp,
}

impl UserStore<'_> {
    /// The key within `operation`, if the request has one.
    pub(super) fn once<'k>(
        &self,
        key: Option<&'k IdempotencyKey>,
        operation: &str,
    ) -> Option<Once<'k>> {
        key.map(|key| Once { row: keys::turn(self.user(), &key.within(operation)), key })
    }

    /// The id that an earlier request with this key led to. [`StoreError::KeyReused`] if that one
    /// had another body.
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

    /// Stores what a request made under the id `result`, which nobody else has; with a key, only
    /// if no request with this key was quicker: then the id that that one led to is the answer.
    pub(super) async fn store_once(
        &self,
        item: Item,
        result: &str,
        once: Option<&Once<'_>>,
    ) -> Result<Option<String>, StoreError> {
        let stored = match once {
            None => self.store.put(item, Condition::absent()).await,
            Some(once) => self.store.transact(self.parts(item, result, once)?).await,
        };
        match (stored, once) {
            // The id is ours alone: what stands there is our own write, whose reply was lost.
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

    fn parts(
        &self,
        item: Item,
        result: &str,
        once: &Once<'_>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let now = self.store.clock.now();
        let expires_at = now.plus(IdempotencyKey::LIFETIME);
        let outcome =
            Outcome { body: once.key.body().to_owned(), result: result.to_owned(), expires_at };
        let outcome = item::write(once.row.clone(), "turn", &outcome)?;
        let unused = Condition::new("attribute_not_exists(pk) OR expires_at <= :now")
            .value(":now", item::s(now.to_string()));
        Ok(vec![
            self.store.put_part(item, Condition::absent())?,
            self.store.put_part(item::expires(outcome, expires_at), unused)?,
        ])
    }
}
