//! Converts between items of the table and the model. Beside its keys, every item has its `kind`
//! and `v`, the version of its form.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;
use super::keys::Key;
use super::kind::Kind;
use crate::clock::Timestamp;

pub(super) use aws_sdk_dynamodb::types::AttributeValue;

/// An item as DynamoDB returns it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The present version of all forms.
pub(super) const VERSION: u32 = 1;

/// The item that stores `row` under `key`.
pub(super) fn write<T: Serialize>(key: Key, kind: Kind, row: &T) -> Result<Item, StoreError> {
    Ok(under(key, kind, serde_dynamo::to_item(row)?))
}

/// The item with these attributes under `key`.
pub(super) fn under(key: Key, kind: Kind, mut attributes: Item) -> Item {
    attributes.insert("pk".into(), s(key.pk));
    attributes.insert("sk".into(), s(key.sk));
    attributes.insert("kind".into(), s(kind.name()));
    attributes.insert("v".into(), n(VERSION));
    attributes
}

/// Adds the time after which DynamoDB may delete the item.
pub(super) fn expires(mut item: Item, at: Timestamp) -> Item {
    item.insert("ttl".into(), n(at.seconds()));
    item
}

/// Adds the item's key in the index.
pub(super) fn indexed(mut item: Item, pk: String, sk: String) -> Item {
    item.insert("gsi1pk".into(), s(pk));
    item.insert("gsi1sk".into(), s(sk));
    item
}

/// The row that an item stores.
pub(super) fn read<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    Ok(serde_dynamo::from_item(item)?)
}

/// A string attribute of an item that must have it.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> Result<&'a str, StoreError> {
    let value = item.get(name).and_then(|value| value.as_s().ok());
    value.map(String::as_str).ok_or_else(|| StoreError::corrupt(format!("no string {name}")))
}

/// A whole number of an item that must have it.
pub(super) fn number(item: &Item, name: &str) -> Result<u64, StoreError> {
    let value = item.get(name).and_then(|value| value.as_n().ok()).and_then(|n| n.parse().ok());
    value.ok_or_else(|| StoreError::corrupt(format!("no whole number {name}")))
}

/// The primary key of an item.
pub(super) fn primary_key(item: &Item) -> Result<Key, StoreError> {
    Ok(Key { pk: text(item, "pk")?.to_owned(), sk: text(item, "sk")?.to_owned() })
}

/// The primary key as a request takes it.
pub(super) fn key(key: &Key) -> Item {
    HashMap::from([("pk".into(), s(key.pk.as_str())), ("sk".into(), s(key.sk.as_str()))])
}

/// Any value that can be serialised.
pub(super) fn value<T: Serialize>(value: T) -> Result<AttributeValue, StoreError> {
    Ok(serde_dynamo::to_attribute_value(value)?)
}

/// A string value.
pub(super) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A set of one string.
pub(super) fn set(text: impl Into<String>) -> AttributeValue {
    AttributeValue::Ss(vec![text.into()])
}

/// A set of numbers, which may not be empty.
pub(super) fn numbers(numbers: impl IntoIterator<Item = impl ToString>) -> AttributeValue {
    AttributeValue::Ns(numbers.into_iter().map(|number| number.to_string()).collect())
}

/// A number value.
#[expect(clippy::needless_pass_by_value, reason = "a number is written as n(1), not n(&1)")]
pub(super) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
