//! Counts for the log what a request asks of the table: calls, tries, and capacity units.

use std::ops::Add;

use aws_sdk_dynamodb::config::ConfigBag;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemInput, BatchWriteItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_runtime_api::client::interceptors::context::{Input, Output};
use aws_smithy_runtime_api::client::orchestrator::Metadata;

use crate::log;

/// Counts a call, and asks DynamoDB for the capacity that it uses.
pub(super) fn begin(input: &mut Input) {
    log::count_call();
    ask_for_units(input);
}

/// Counts the capacity that a try has used.
pub(super) fn end(outcome: Option<&Output>, config: &ConfigBag) {
    let consumed = outcome.map(consumed).unwrap_or_default().iter();
    let units = consumed.filter_map(ConsumedCapacity::capacity_units).fold(0.0, f64::add);
    log::count_units(units);
    // The macro evaluates this only where such lines are written.
    tracing::debug!(
        operation = config.load::<Metadata>().map(Metadata::name),
        units,
        succeeded = outcome.is_some(),
    );
}

fn ask_for_units(input: &mut Input) {
    macro_rules! ask {
        ($($operation:ty),*) => {
            $(if let Some(input) = input.downcast_mut::<$operation>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
            })*
        };
    }
    ask!(
        BatchGetItemInput,
        QueryInput,
        UpdateItemInput,
        PutItemInput,
        DeleteItemInput,
        TransactWriteItemsInput,
        BatchWriteItemInput
    );
}

/// What the response of any operation says that it consumed.
fn consumed(output: &Output) -> &[ConsumedCapacity] {
    macro_rules! find {
        ($($operation:ty),*) => {
            $(if let Some(output) = output.downcast_ref::<$operation>() {
                return output.consumed_capacity.as_slice();
            })*
        };
    }
    macro_rules! find_several {
        ($($operation:ty),*) => {
            $(if let Some(output) = output.downcast_ref::<$operation>() {
                return output.consumed_capacity();
            })*
        };
    }
    find!(QueryOutput, UpdateItemOutput, PutItemOutput, DeleteItemOutput);
    find_several!(BatchGetItemOutput, TransactWriteItemsOutput, BatchWriteItemOutput);
    &[]
}
