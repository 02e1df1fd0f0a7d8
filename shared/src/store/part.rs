//! The parts of a transaction, each with the condition under which it may happen.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};

use super::Store;
use super::error::StoreError;
use super::item::{self, Item};
use super::keys::Key;

/// What must hold of an item as it is, with the values that it names.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) expression: String,
    pub(super) values: HashMap<String, AttributeValue>,
    pub(super) names: HashMap<String, String>,
}

impl Condition {
    /// A condition expression.
    pub(super) fn new(expression: impl Into<String>) -> Self {
        Self { expression: expression.into(), values: HashMap::new(), names: HashMap::new() }
    }

    /// There is no such item yet.
    pub(super) fn absent() -> Self {
        Self::new("attribute_not_exists(pk)")
    }

    /// Whether there is such an item or not.
    pub(super) fn always() -> Self {
        Self::new("attribute_exists(pk) OR attribute_not_exists(pk)")
    }

    /// There is such an item.
    pub(super) fn present() -> Self {
        Self::new("attribute_exists(pk)")
    }

    /// Gives a value its name, such as `:now`; an update may name it too.
    pub(super) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// Gives an attribute whose name DynamoDB keeps for itself another, such as `#ttl`.
    pub(super) fn name(mut self, name: &str, attribute: &str) -> Self {
        self.names.insert(name.to_owned(), attribute.to_owned());
        self
    }

    /// The names as a request takes them: it refuses an empty map.
    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    /// The values as a request takes them: it refuses an empty map.
    pub(super) fn values(self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then_some(self.values)
    }
}

impl Store {
    /// Stores an item.
    pub(super) fn put_part(
        &self,
        item: Item,
        condition: Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(&condition.expression)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(StoreError::corrupt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Changes an item.
    pub(super) fn update_part(
        &self,
        key: &Key,
        update: impl Into<String>,
        condition: Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(item::key(key)))
            .update_expression(update)
            .condition_expression(&condition.expression)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(StoreError::corrupt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Removes an item; with the condition that it is absent, only makes sure of that.
    pub(super) fn delete_part(
        &self,
        key: &Key,
        condition: Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(item::key(key)))
            .condition_expression(&condition.expression)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(StoreError::corrupt)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}
