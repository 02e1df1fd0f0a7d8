//! The ways to write. Each tries again when another transaction is in the way: three times, at
//! random intervals; a condition that failed is the caller's to interpret.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem,
};

use super::Store;
use super::error::{StoreError, is_conflict};
use super::item::{self, Item};
use super::keys::Key;
use super::part::Condition;
use super::read::back_off;

/// How often a write is tried when other transactions are in the way.
const MAX_ATTEMPTS: u32 = 4;

/// Why a write did not happen.
#[derive(Debug)]
pub(super) enum WriteError {
    /// The condition of this part of the write failed (0 for a single write); with the item as it
    /// was, if there was one and the write asked for it.
    ConditionFailed(usize, Option<Item>),
    /// Something else.
    Store(StoreError),
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A condition that no caller expects to fail: somebody else was quicker.
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

impl Store {
    /// Stores an item if the condition holds.
    pub(super) async fn put(&self, item: Item, condition: Condition) -> Result<(), WriteError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(&condition.expression)
            .set_expression_attribute_values(condition.values());
        let mut attempt = 0;
        loop {
            let Err(error) = put.clone().send().await else { return Ok(()) };
            if let Some(PutItemError::ConditionalCheckFailedException(failure)) =
                error.as_service_error()
            {
                return Err(WriteError::ConditionFailed(0, failure.item.clone()));
            }
            attempt = next_attempt(attempt, is_conflict(&error), error).await?;
        }
    }

    /// An update of the item under `key`, to be completed by the caller.
    pub(super) fn update(&self, key: &Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(item::key(key)))
            .return_values_on_condition_check_failure(OnFailure::AllOld)
    }

    /// Runs an update; answers with the attributes that it asked to be returned.
    pub(super) async fn send_update(
        &self,
        update: UpdateItemFluentBuilder,
    ) -> Result<Item, WriteError> {
        let mut attempt = 0;
        loop {
            let error = match update.clone().send().await {
                Ok(answer) => return Ok(answer.attributes.unwrap_or_default()),
                Err(error) => error,
            };
            if let Some(UpdateItemError::ConditionalCheckFailedException(failure)) =
                error.as_service_error()
            {
                return Err(WriteError::ConditionFailed(0, failure.item.clone()));
            }
            attempt = next_attempt(attempt, is_conflict(&error), error).await?;
        }
    }

    /// Removes an item; one that is not there is no error.
    pub(super) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        Ok(self.delete_if(key, None).await?)
    }

    /// Removes an item if the condition holds.
    pub(super) async fn delete_if(
        &self,
        key: &Key,
        condition: Option<Condition>,
    ) -> Result<(), WriteError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(item::key(key)))
            .set_condition_expression(condition.as_ref().map(|c| c.expression.clone()))
            .set_expression_attribute_values(condition.and_then(Condition::values));
        let mut attempt = 0;
        loop {
            let Err(error) = delete.clone().send().await else { return Ok(()) };
            if let Some(DeleteItemError::ConditionalCheckFailedException(failure)) =
                error.as_service_error()
            {
                return Err(WriteError::ConditionFailed(0, failure.item.clone()));
            }
            attempt = next_attempt(attempt, is_conflict(&error), error).await?;
        }
    }

    /// Writes all parts or none. The SDK's token makes its own retries safe after a lost reply.
    pub(super) async fn transact(&self, parts: Vec<TransactWriteItem>) -> Result<(), WriteError> {
        let transaction = self.client.transact_write_items().set_transact_items(Some(parts));
        let mut attempt = 0;
        loop {
            let Err(error) = transaction.clone().send().await else { return Ok(()) };
            let mut conflict = is_conflict(&error);
            if let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) =
                error.as_service_error()
            {
                let reasons = canceled.cancellation_reasons();
                let is = |code: &str| reasons.iter().position(|reason| reason.code() == Some(code));
                if let Some(part) = is("ConditionalCheckFailed") {
                    let item = reasons.get(part).and_then(|reason| reason.item().cloned());
                    return Err(WriteError::ConditionFailed(part, item));
                }
                conflict =
                    is("TransactionConflict").is_some() || throttled(|code| is(code).is_some());
            }
            attempt = next_attempt(attempt, conflict, error).await?;
        }
    }
}

/// A transaction can be cancelled because one of its items was throttled; the SDK retries only
/// when the whole call was.
fn throttled(has: impl Fn(&str) -> bool) -> bool {
    has("ThrottlingError") || has("ProvisionedThroughputExceeded")
}

/// The number of the next attempt, after a wait; or the failure, if it is none that passes or
/// the attempts are used up.
async fn next_attempt<E, R>(
    attempt: u32,
    passing: bool,
    error: SdkError<E, R>,
) -> Result<u32, WriteError>
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    let next = attempt + 1;
    if !passing {
        return Err(StoreError::from(error).into());
    }
    if next >= MAX_ATTEMPTS {
        return Err(StoreError::Conflict(Box::new(error)).into());
    }
    back_off(next).await;
    Ok(next)
}
