use aws_sdk_dynamodb::types::ReturnValue;

use super::condition::Condition;
use super::placeholders::{Names, Placeholders, Values};
use crate::store::error::StoreError;
use crate::store::item::{self, AttributeValue, Item};
use crate::store::keys::Key;
use crate::store::kind::Kind;

/// One write of one item, with its condition. `A` is what it does: a function links those operations
/// of the SDK alone that it sends alone, each some 100 KB of its binary.
#[derive(Debug, Clone)]
pub(in crate::store) struct Write<A> {
    action: A,
    /// Those of the update.
    placeholders: Placeholders,
    condition: Option<Condition>,
}

/// Stores this item in place of the one that was there.
#[derive(Debug, Clone)]
pub(in crate::store) struct Put(pub(super) Item);

/// Deletes the item under this key.
#[derive(Debug, Clone)]
pub(in crate::store) struct Delete(pub(super) Item);

/// Checks the condition of the item under this key, and changes nothing.
#[derive(Debug, Clone)]
pub(in crate::store) struct Check(pub(super) Item);

/// What an update changes. An attribute's placeholders are `#` and `:` with its own name, so that an
/// attribute may have a name that DynamoDB reserves.
#[derive(Debug, Clone)]
pub(in crate::store) struct Update {
    pub(super) key: Item,
    set: Vec<String>,
    add: Vec<String>,
    delete: Vec<String>,
    remove: Vec<String>,
    pub(super) returns: Option<ReturnValue>,
}

/// A write of a transaction.
#[derive(Debug, Clone)]
pub(in crate::store) enum Part {
    Put(Write<Put>),
    Update(Write<Update>),
    Delete(Write<Delete>),
    Check(Write<Check>),
}

/// A write as a request takes it.
pub(in crate::store) struct Request<A> {
    pub(super) action: A,
    pub(super) condition: Option<String>,
    pub(super) names: Option<Names>,
    pub(super) values: Option<Values>,
}

impl Write<Put> {
    /// Stores an item in place of the one that was there.
    pub(in crate::store) fn put(item: Item) -> Self {
        Self::new(Put(item))
    }
}

impl Write<Delete> {
    /// Deletes the item under `key`. If there is none, nothing happens.
    pub(in crate::store) fn delete(key: &Key) -> Self {
        Self::new(Delete(item::key(key)))
    }
}

impl Write<Check> {
    /// A part of a transaction that only checks `condition`.
    pub(in crate::store) fn check(key: &Key, condition: Condition) -> Self {
        Self::new(Check(item::key(key))).when(condition)
    }
}

impl<A> Write<A> {
    fn new(action: A) -> Self {
        Self { action, condition: None, placeholders: Placeholders::default() }
    }

    /// Writes only if `condition` is true of the item as it is; of several, all must be true.
    pub(in crate::store) fn when(mut self, condition: Condition) -> Self {
        self.condition = Some(match self.condition {
            Some(earlier) => earlier.and(condition),
            None => condition,
        });
        self
    }

    /// Merges the names and values of update and condition. An error if one has two meanings.
    pub(super) fn into_request(self) -> Result<Request<A>, StoreError> {
        let Self { action, mut placeholders, condition } = self;
        let condition = condition.map(|condition| {
            placeholders.merge(condition.placeholders);
            condition.expression
        });
        let (names, values) = placeholders.into_maps()?;
        Ok(Request { action, condition, names, values })
    }
}

impl Write<Update> {
    /// An update of the item under `key`, which makes the item if there is none.
    pub(in crate::store) fn update(key: &Key) -> Self {
        Self::new(Update {
            key: item::key(key),
            set: Vec::new(),
            add: Vec::new(),
            delete: Vec::new(),
            remove: Vec::new(),
            returns: None,
        })
    }

    /// Sets an attribute.
    pub(in crate::store) fn set(mut self, attribute: &str, value: AttributeValue) -> Self {
        self.action.set.push(format!("#{attribute} = :{attribute}"));
        self.with(attribute, Some(value))
    }

    /// Sets an attribute to `number` more than another one had before the update.
    pub(in crate::store) fn set_to_sum(
        mut self,
        attribute: &str,
        of: &str,
        number: AttributeValue,
    ) -> Self {
        self.action.set.push(format!("#{attribute} = #{of} + :{attribute}"));
        self.with(attribute, Some(number)).with(of, None)
    }

    /// Sets an attribute that the item does not have yet.
    pub(in crate::store) fn set_if_absent(
        mut self,
        attribute: &str,
        value: AttributeValue,
    ) -> Self {
        self.action.set.push(format!("#{attribute} = if_not_exists(#{attribute}, :{attribute})"));
        self.with(attribute, Some(value))
    }

    /// Sets every attribute of `item` but its key; those in `once` only if they are absent.
    pub(in crate::store) fn set_all(self, item: Item, once: &[&str]) -> Self {
        let changed = item.into_iter().filter(|(name, _)| name != "pk" && name != "sk");
        changed.fold(self, |update, (name, value)| {
            if once.contains(&name.as_str()) {
                update.set_if_absent(&name, value)
            } else {
                update.set(&name, value)
            }
        })
    }

    /// Sets what every item has beside its own attributes.
    pub(in crate::store) fn set_kind(self, kind: Kind) -> Self {
        self.set("kind", item::s(kind.name())).set("v", item::n(item::VERSION))
    }

    /// Adds a number to an attribute, which counts from zero if it is absent, or a set to a set.
    pub(in crate::store) fn add(mut self, attribute: &str, value: AttributeValue) -> Self {
        self.action.add.push(format!("#{attribute} :{attribute}"));
        self.with(attribute, Some(value))
    }

    /// Takes the elements of a set out of the attribute's set.
    pub(in crate::store) fn take_out(mut self, attribute: &str, set: AttributeValue) -> Self {
        self.action.delete.push(format!("#{attribute} :{attribute}"));
        self.with(attribute, Some(set))
    }

    /// Removes attributes.
    pub(in crate::store) fn remove<const N: usize>(self, attributes: [&str; N]) -> Self {
        attributes.into_iter().fold(self, |mut update, attribute| {
            update.action.remove.push(format!("#{attribute}"));
            update.with(attribute, None)
        })
    }

    /// Asks for the whole item as it is after the update. A transaction returns none.
    pub(in crate::store) fn returning_new(mut self) -> Self {
        self.action.returns = Some(ReturnValue::AllNew);
        self
    }

    /// Asks for the whole item as it was before the update.
    pub(in crate::store) fn returning_old(mut self) -> Self {
        self.action.returns = Some(ReturnValue::AllOld);
        self
    }

    fn with(mut self, attribute: &str, value: Option<AttributeValue>) -> Self {
        self.placeholders.name(&format!("#{attribute}"), attribute);
        if let Some(value) = value {
            self.placeholders.value(&format!(":{attribute}"), value);
        }
        self
    }
}

impl Update {
    /// The update expression.
    pub(super) fn expression(&self) -> String {
        let clauses = [
            ("SET", &self.set),
            ("ADD", &self.add),
            ("DELETE", &self.delete),
            ("REMOVE", &self.remove),
        ];
        let clauses = clauses.into_iter().filter(|(_, changes)| !changes.is_empty());
        let clauses = clauses.map(|(verb, changes)| format!("{verb} {}", changes.join(", ")));
        clauses.collect::<Vec<_>>().join(" ")
    }
}

macro_rules! part {
    ($($action:ident),*) => {$(
        impl From<Write<$action>> for Part {
            fn from(write: Write<$action>) -> Self {
                Self::$action(write)
            }
        }
    )*};
}

part!(Put, Update, Delete, Check);
