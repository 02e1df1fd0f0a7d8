use std::collections::BTreeSet;

use serde::Deserialize;

use super::Operator;
use crate::model::{BackgroundUsed, ContentType, Tally, UserGroup};
use crate::store::item::{self, Item};
use crate::store::read::Range;
use crate::store::{StoreError, keys, tally};

/// A tally as the table has it, but for the numbers of ratings.
#[derive(Deserialize)]
struct Row {
    date: String,
    content_type: ContentType,
    background_used: BackgroundUsed,
    count: u64,
    rated: u64,
    sum: u64,
    squares: u64,
    groups: BTreeSet<u8>,
    #[serde(default)]
    rated_groups: BTreeSet<u8>,
}

impl Operator<'_> {
    /// The tallies of a day in UTC, such as `2026-01-31`, ordered by content type and background. They
    /// end 400 days after it.
    pub async fn tallies(&self, date: &str) -> Result<Vec<Tally>, StoreError> {
        let range = Range::partition(keys::tallies(date));
        let rows = self.store.query(&range, usize::MAX).await?;
        let now = self.store.clock.now().seconds();
        let mut tallies = Vec::new();
        for row in rows {
            let ttl = i64::try_from(item::number(&row, "ttl")?).map_err(StoreError::corrupt)?;
            if ttl > now {
                tallies.push(read(row)?);
            }
        }
        Ok(tallies)
    }
}

fn read(item: Item) -> Result<Tally, StoreError> {
    let mut distribution = [0; 6];
    for (nearest, number) in distribution.iter_mut().enumerate() {
        *number = item::number(&item, &tally::ratings(nearest))?;
    }
    let row: Row = item::read(item)?;
    Ok(Tally {
        date: row.date,
        content_type: row.content_type,
        background_used: row.background_used,
        count: row.count,
        rated: row.rated,
        sum: row.sum,
        squares: row.squares,
        distribution,
        groups: row.groups.into_iter().map(UserGroup).collect(),
        rated_groups: row.rated_groups.into_iter().map(UserGroup).collect(),
    })
}
