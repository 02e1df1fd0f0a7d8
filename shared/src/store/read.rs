//! The two ways to read: some items by key, and a range of sort keys. Both read everything: the
//! next page where DynamoDB cuts one at 1 MB, and again the keys that it leaves unprocessed.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::de::DeserializeOwned;

use super::Store;
use super::error::StoreError;
use super::item::{self, Item};
use super::keys::{self, Key};
use crate::random;

/// Maximum calls of one batch, while DynamoDB leaves some of it unprocessed.
pub(super) const MAX_TRIES: u32 = 5;

/// Items that a query evaluates in each further call, if a filter leaves some of them out.
const PAST_FILTERED: usize = 500;

/// Items that were read by key, in no particular order.
#[derive(Debug, Default)]
pub(super) struct Rows(Vec<Item>);

impl Rows {
    /// Takes out the row under `key`; `None` if the table has none.
    pub(super) fn take<T: DeserializeOwned>(&mut self, key: &Key) -> Result<Option<T>, StoreError> {
        self.take_item(key).map(item::read).transpose()
    }

    /// Takes out the item under `key`.
    pub(super) fn take_item(&mut self, key: &Key) -> Option<Item> {
        let has_key = |item: &Item| {
            item::text(item, "pk").ok() == Some(&key.pk)
                && item::text(item, "sk").ok() == Some(&key.sk)
        };
        self.0.iter().position(has_key).map(|index| self.0.swap_remove(index))
    }
}

/// A range of sort keys in one partition of the table or of its index.
#[derive(Debug, Clone)]
pub(super) struct Range {
    pub(super) index: bool,
    pub(super) pk: String,
    /// The first and the last sort key, both included; without them, the whole partition.
    pub(super) between: Option<(String, String)>,
    pub(super) forward: bool,
    /// Leaves out items with this attribute.
    pub(super) without: Option<&'static str>,
    /// Leaves out items whose attribute of this name is not this text.
    pub(super) equal: Option<(&'static str, String)>,
    /// Reads these attributes only.
    pub(super) projection: Option<&'static str>,
}

impl Range {
    /// A whole partition of the table.
    pub(super) fn partition(pk: impl Into<String>) -> Self {
        Self {
            index: false,
            pk: pk.into(),
            between: None,
            forward: true,
            without: None,
            equal: None,
            projection: None,
        }
    }

    /// The items of a partition whose sort keys begin with `prefix` and go on with letters and digits.
    pub(super) fn prefix(pk: impl Into<String>, prefix: &str) -> Self {
        let between = (prefix.to_owned(), [prefix, keys::AFTER_LETTERS].concat());
        Self { between: Some(between), ..Self::partition(pk) }
    }

    /// What the words with a `#` in the projection stand for: attributes whose names DynamoDB reserves.
    fn names(&self) -> Option<HashMap<String, String>> {
        let words = self.projection?.split(", ");
        let names: HashMap<_, _> = words
            .filter_map(|word| Some((word.to_owned(), word.strip_prefix('#')?.to_owned())))
            .collect();
        (!names.is_empty()).then_some(names)
    }

    fn filter(&self) -> Option<String> {
        match (&self.without, &self.equal) {
            (Some(without), _) => Some(format!("attribute_not_exists({without})")),
            (None, Some((name, _))) => Some(format!("{name} = :equal")),
            (None, None) => None,
        }
    }
}

impl Store {
    /// Reads one row, strongly consistent; one round trip.
    pub(super) async fn row<T: DeserializeOwned>(
        &self,
        key: &Key,
    ) -> Result<Option<T>, StoreError> {
        self.get(std::slice::from_ref(key)).await?.take(key)
    }

    /// Reads up to 100 items by key, strongly consistent; one round trip unless DynamoDB leaves
    /// some unprocessed.
    pub(super) async fn get(&self, keys: &[Key]) -> Result<Rows, StoreError> {
        let mut rows = Rows::default();
        if keys.is_empty() {
            return Ok(rows);
        }
        let mut wanted = KeysAndAttributes::builder().consistent_read(true);
        for key in keys {
            wanted = wanted.keys(item::key(key));
        }
        let wanted = wanted.build().map_err(StoreError::rejected)?;
        let mut request = HashMap::from([(self.table.clone(), wanted)]);
        for retry in 0..MAX_TRIES {
            back_off(retry).await;
            let batch = self.client.batch_get_item().set_request_items(Some(request));
            let response = batch.send().await?;
            rows.0.extend(response.responses.unwrap_or_default().into_values().flatten());
            match response.unprocessed_keys.filter(|left| !left.is_empty()) {
                Some(left) => request = left,
                None => return Ok(rows),
            }
        }
        Err(StoreError::unavailable("keys stayed unprocessed"))
    }

    /// Reads the first `max_items` items of a range; strongly consistent, except in the index.
    pub(super) async fn query(
        &self,
        range: &Range,
        max_items: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            // `Limit` also counts the items that the filter leaves out: a larger limit gets past
            // many of them in few round trips.
            let limit = match &start {
                Some(_) if range.filter().is_some() => PAST_FILTERED,
                _ => max_items.saturating_sub(items.len()),
            };
            let page = self.page(range, limit).set_exclusive_start_key(start).send().await?;
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if items.len() >= max_items || start.is_none() {
                items.truncate(max_items);
                return Ok(items);
            }
        }
    }

    /// Reads up to a hundred jobs of a partition, oldest first, from where an earlier call says that the
    /// next ones begin; and where the next ones begin, unless these are the last.
    pub(super) async fn jobs(
        &self,
        partition: &str,
        from: Option<String>,
    ) -> Result<(Vec<Item>, Option<String>), StoreError> {
        const MAX_JOBS: usize = 100;
        let mut range = Range::partition(partition);
        range.between = from.map(|from| (from, keys::AFTER_LETTERS.to_owned()));
        let items = self.query(&range, MAX_JOBS).await?;
        let last = items.last().filter(|_| items.len() == MAX_JOBS);
        let last = last.map(item::primary_key).transpose()?;
        // A space sorts before whatever a longer key could go on with.
        let next = last.map(|key| format!("{} ", key.sk));
        Ok((items, next))
    }

    /// Reads the beginning of a range in one call, up to 1 MB, and says whether there is more.
    pub(super) async fn one_page(&self, range: &Range) -> Result<(Vec<Item>, bool), StoreError> {
        let page = self.page(range, usize::MAX).send().await?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key.is_some()))
    }

    fn page(&self, range: &Range, limit: usize) -> QueryFluentBuilder {
        let (pk, sk) = if range.index { ("gsi1pk", "gsi1sk") } else { ("pk", "sk") };
        let mut values = HashMap::from([(":pk".to_owned(), item::s(range.pk.as_str()))]);
        let mut condition = format!("{pk} = :pk");
        if let Some((from, to)) = &range.between {
            condition = format!("{condition} AND {sk} BETWEEN :from AND :to");
            values.insert(":from".to_owned(), item::s(from.as_str()));
            values.insert(":to".to_owned(), item::s(to.as_str()));
        }
        if let Some((_, value)) = &range.equal {
            values.insert(":equal".to_owned(), item::s(value.as_str()));
        }
        self.client
            .query()
            .table_name(&self.table)
            .set_index_name(range.index.then(|| keys::INDEX.to_owned()))
            .consistent_read(!range.index)
            .key_condition_expression(condition)
            .set_filter_expression(range.filter())
            .set_expression_attribute_values(Some(values))
            .set_projection_expression(range.projection.map(str::to_owned))
            .set_expression_attribute_names(range.names())
            .scan_index_forward(range.forward)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
    }
}

/// Waits before a retry (the first is 1): a random time up to a maximum, which begins with 100 ms
/// and doubles with each retry.
pub(super) async fn back_off(retry: u32) {
    if retry > 0 {
        let max = 50_u64 << retry.min(6);
        tokio::time::sleep(Duration::from_millis(random::milliseconds_up_to(max))).await;
    }
}
