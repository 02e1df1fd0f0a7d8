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
    Delete, DeleteRequest, Put, ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure,
    TransactWriteItem, Update as UpdateItem, WriteRequest,
};

use super::Store;
use super::error::StoreError;
use super::item::Item;
use super::read::{MAX_TRIES, back_off};
use builder::{Action, Request};

pub(super) use builder::{Update, Write};
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

impl Store {
    /// Writes one item. Returns the new item if an update asked for it, else nothing.
    pub(super) async fn send(&self, write: impl Into<Write>) -> Result<Item, WriteError> {
        let Request { action, condition, names, values } = write.into().into_request()?;
        match action {
            Action::Put(item) => {
                let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
                let put = put
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values);
                retry::send(|| put.clone().send()).await?;
                Ok(Item::new())
            }
            Action::Delete(key) => {
                let delete = self.client.delete_item().table_name(&self.table).set_key(Some(key));
                let delete = delete
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values);
                retry::send(|| delete.clone().send()).await?;
                Ok(Item::new())
            }
            Action::Update { key, expression, returns_new } => {
                let update = self.client.update_item().table_name(&self.table).set_key(Some(key));
                let update = update
                    .update_expression(expression)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .set_return_values(returns_new.then_some(ReturnValue::AllNew))
                    .return_values_on_condition_check_failure(OnFailure::AllOld);
                let updated = retry::send(|| update.clone().send()).await?;
                Ok(updated.attributes.unwrap_or_default())
            }
        }
    }

    /// Writes all items or none. The SDK's token makes its own retries safe after a lost reply.
    pub(super) async fn transact(
        &self,
        writes: impl IntoIterator<Item = Write>,
    ) -> Result<(), WriteError> {
        let parts = writes.into_iter().map(|write| self.part(write));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let transaction = self.client.transact_write_items().set_transact_items(Some(parts));
        retry::send(|| transaction.clone().send()).await.map(drop)
    }

    fn part(&self, write: Write) -> Result<TransactWriteItem, StoreError> {
        let Request { action, condition, names, values } = write.into_request()?;
        let part = TransactWriteItem::builder();
        let part = match action {
            Action::Put(item) => Put::builder()
                .table_name(&self.table)
                .set_item(Some(item))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .build()
                .map(|put| part.put(put)),
            Action::Delete(key) => Delete::builder()
                .table_name(&self.table)
                .set_key(Some(key))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .build()
                .map(|delete| part.delete(delete)),
            Action::Update { key, expression, .. } => UpdateItem::builder()
                .table_name(&self.table)
                .set_key(Some(key))
                .update_expression(expression)
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .build()
                .map(|update| part.update(update)),
        };
        Ok(part.map_err(StoreError::rejected)?.build())
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
