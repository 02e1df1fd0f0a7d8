use std::error::Error;
use std::fmt::Debug;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::TransactionCanceledException;

use super::WriteError;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::read::back_off;

/// Maximum retries of a write that another transaction was in the way of, at random intervals.
const MAX_RETRIES: u32 = 3;

/// Sends a write, and again while another transaction is in the way. A failed condition is for the
/// caller to interpret; the SDK has retried what else can be.
pub(super) async fn send<T, E, R, F>(request: impl Fn() -> F) -> Result<T, WriteError>
where
    F: Future<Output = Result<T, SdkError<E, R>>>,
    E: Failure + Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    let mut retries = 0;
    loop {
        let error = match request().await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        let failure = error.as_service_error();
        if let Some((part, item)) = failure.and_then(Failure::failed_condition) {
            return Err(WriteError::ConditionFailed(part, item));
        }
        if !failure.is_some_and(Failure::is_conflict) {
            return Err(StoreError::from(error).into());
        }
        if retries == MAX_RETRIES {
            return Err(StoreError::Conflict(Box::new(error)).into());
        }
        retries += 1;
        back_off(retries).await;
    }
}

/// What the errors of all four write operations have in common.
pub(super) trait Failure: ProvideErrorMetadata {
    /// The part whose condition failed, with the item as it was if the request asked for it.
    fn failed_condition(&self) -> Option<(usize, Option<Item>)>;

    /// Whether another transaction was in the way.
    fn is_conflict(&self) -> bool {
        self.code() == Some("TransactionConflictException")
    }
}

macro_rules! single_write {
    ($($error:ident),*) => {$(
        impl Failure for $error {
            fn failed_condition(&self) -> Option<(usize, Option<Item>)> {
                match self {
                    Self::ConditionalCheckFailedException(failure) => {
                        Some((0, failure.item.clone()))
                    }
                    _ => None,
                }
            }
        }
    )*};
}

single_write!(PutItemError, UpdateItemError, DeleteItemError);

impl Failure for TransactWriteItemsError {
    fn failed_condition(&self) -> Option<(usize, Option<Item>)> {
        let canceled = canceled(self)?;
        let part = position(canceled, "ConditionalCheckFailed")?;
        let reason = canceled.cancellation_reasons().get(part)?;
        Some((part, reason.item().cloned()))
    }

    /// A transaction can also be cancelled because one of its items was throttled; the SDK retries
    /// only when the whole call was.
    fn is_conflict(&self) -> bool {
        const PASSING: [&str; 3] =
            ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
        match canceled(self) {
            Some(canceled) => PASSING.iter().any(|code| position(canceled, code).is_some()),
            None => self.code() == Some("TransactionConflictException"),
        }
    }
}

fn canceled(error: &TransactWriteItemsError) -> Option<&TransactionCanceledException> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(canceled) => Some(canceled),
        _ => None,
    }
}

/// The first part that was cancelled for this reason.
fn position(canceled: &TransactionCanceledException, code: &str) -> Option<usize> {
    canceled.cancellation_reasons().iter().position(|reason| reason.code() == Some(code))
}
