//! The one way to write: a [`Write`] says what to change and under which condition.
//! [`Store::send`] sends it alone, [`Store::transact`] together with others.

mod builder;
mod condition;
mod placeholders;
mod retry;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    self, DeleteRequest, ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem,
    WriteRequest,
};

use super::Store;
use super::error::StoreError;
use super::item::Item;
use super::read::{MAX_TRIES, back_off};
use crate::random;
use builder::Request;

pub(super) use builder::{Delete, Part, Put, Update, Write};
pub(super) use condition::Condition;

/// Maximum deletions that DynamoDB takes in one batch.
const MAX_BATCH: usize = 25;

/// Why a write did not happen.
#[derive(Debug)]
pub(super) enum WriteError {
    /// The condition of this part of the write failed (0 for a single write). An update that was
    /// sent alone also returns the item as it was, if there was one.
    ConditionFailed(usize, Option<Item>),
    /// Something else.
    Store(StoreError),
}

impl WriteError {
    /// The error for the caller, to whom a failed condition means `failed`.
    pub(super) fn or(self, failed: StoreError) -> StoreError {
        match self {
            Self::ConditionFailed(..) => failed,
            Self::Store(error) => error,
        }
    }
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// For callers that expect no condition to fail: another request was faster.
impl From<WriteError> for StoreError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Store(error) => error,
            WriteError::ConditionFailed(part, _) => {
                Self::Conflict(format!("the condition of part {part} failed").into())
            }
        }
    }
}

/// Whether a write happened; `false` if a condition failed.
pub(super) fn happened<T>(outcome: Result<T, WriteError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(_) => Ok(true),
        Err(WriteError::ConditionFailed(..)) => Ok(false),
        Err(WriteError::Store(error)) => Err(error),
    }
}

/// A write that can be sent alone.
pub(super) trait Operation: Sized {
    /// Sends the write. Returns the item if an update asked for it, else nothing.
    fn send(
        request: Request<Self>,
        store: &Store,
    ) -> impl Future<Output = Result<Item, WriteError>> + Send;
}

impl Operation for Put {
    async fn send(request: Request<Self>, store: &Store) -> Result<Item, WriteError> {
        let put = store.client.put_item().table_name(&store.table);
        let put = put
            .set_item(Some(request.action.0))
            .set_condition_expression(request.condition)
            .set_expression_attribute_names(request.names)
            .set_expression_attribute_values(request.values);
        retry::send(|| put.clone().send()).await?;
        Ok(Item::new())
    }
}

impl Operation for Delete {
    async fn send(request: Request<Self>, store: &Store) -> Result<Item, WriteError> {
        let delete = store.client.delete_item().table_name(&store.table);
        let delete = delete
            .set_key(Some(request.action.0))
            .set_condition_expression(request.condition)
            .set_expression_attribute_names(request.names)
            .set_expression_attribute_values(request.values);
        retry::send(|| delete.clone().send()).await?;
        Ok(Item::new())
    }
}

impl Operation for Update {
    async fn send(request: Request<Self>, store: &Store) -> Result<Item, WriteError> {
        let expression = request.action.expression();
        let update = store.client.update_item().table_name(&store.table);
        let update = update
            .set_key(Some(request.action.key))
            .update_expression(expression)
            .set_condition_expression(request.condition)
            .set_expression_attribute_names(request.names)
            .set_expression_attribute_values(request.values)
            .set_return_values(request.action.returns)
            .return_values_on_condition_check_failure(OnFailure::AllOld);
        let updated = retry::send(|| update.clone().send()).await?;
        Ok(updated.attributes.unwrap_or_default())
    }
}

impl Store {
    /// Writes one item. Returns the item if an update asked for it, else nothing.
    pub(super) async fn send<A: Operation>(&self, write: Write<A>) -> Result<Item, WriteError> {
        A::send(write.into_request()?, self).await
    }

    /// Writes all items or none. One token for all tries makes them safe: where an earlier one was done and
    /// its response lost, a later one has done nothing more, and succeeds.
    pub(super) async fn transact<P: Into<Part>>(
        &self,
        writes: impl IntoIterator<Item = P>,
    ) -> Result<(), WriteError> {
        let parts = writes.into_iter().map(|write| self.part(write.into()));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let transaction = self.client.transact_write_items().set_transact_items(Some(parts));
        let transaction = transaction.client_request_token(random::alphanumeric::<32>());
        retry::send(|| transaction.clone().send()).await.map(drop)
    }

    fn part(&self, part: Part) -> Result<TransactWriteItem, StoreError> {
        let item = TransactWriteItem::builder();
        let item = match part {
            Part::Put(write) => {
                let request = write.into_request()?;
                types::Put::builder()
                    .table_name(&self.table)
                    .set_item(Some(request.action.0))
                    .set_condition_expression(request.condition)
                    .set_expression_attribute_names(request.names)
                    .set_expression_attribute_values(request.values)
                    .build()
                    .map(|put| item.put(put))
            }
            Part::Delete(write) => {
                let request = write.into_request()?;
                types::Delete::builder()
                    .table_name(&self.table)
                    .set_key(Some(request.action.0))
                    .set_condition_expression(request.condition)
                    .set_expression_attribute_names(request.names)
                    .set_expression_attribute_values(request.values)
                    .build()
                    .map(|delete| item.delete(delete))
            }
            Part::Update(write) => {
                let request = write.into_request()?;
                types::Update::builder()
                    .table_name(&self.table)
                    .update_expression(request.action.expression())
                    .set_key(Some(request.action.key))
                    .set_condition_expression(request.condition)
                    .set_expression_attribute_names(request.names)
                    .set_expression_attribute_values(request.values)
                    .build()
                    .map(|update| item.update(update))
            }
            Part::Check(write) => {
                let request = write.into_request()?;
                types::ConditionCheck::builder()
                    .table_name(&self.table)
                    .set_key(Some(request.action.0))
                    .set_condition_expression(request.condition)
                    .set_expression_attribute_names(request.names)
                    .set_expression_attribute_values(request.values)
                    .build()
                    .map(|check| item.condition_check(check))
            }
        };
        Ok(item.map_err(StoreError::rejected)?.build())
    }

    /// Deletes the items under these primary keys, whatever they are now.
    pub(super) async fn delete_all(&self, keys: &[Item]) -> Result<(), StoreError> {
        for batch in keys.chunks(MAX_BATCH) {
            self.delete_batch(batch).await?;
        }
        Ok(())
    }

    async fn delete_batch(&self, keys: &[Item]) -> Result<(), StoreError> {
        let mut requests = Vec::with_capacity(keys.len());
        for key in keys {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build();
            let delete = delete.map_err(StoreError::rejected)?;
            requests.push(WriteRequest::builder().delete_request(delete).build());
        }
        let mut request = HashMap::from([(self.table.clone(), requests)]);
        for retry in 0..MAX_TRIES {
            back_off(retry).await;
            let batch = self.client.batch_write_item().set_request_items(Some(request));
            match batch.send().await?.unprocessed_items.filter(|left| !left.is_empty()) {
                Some(left) => request = left,
                None => return Ok(()),
            }
        }
        Err(StoreError::unavailable("items stayed unprocessed"))
    }
}
