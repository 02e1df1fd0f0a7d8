//! The days, and what the table has of each.

use futures_util::{StreamExt, stream};
use shared::clock::Timestamp;
use shared::model::Tally;
use shared::store::{Operator, StoreError};

/// Days that are read at the same time.
const AT_ONCE: usize = 8;
/// A day in milliseconds: UTC as computers have it has no leap seconds.
const DAY: i64 = 86_400_000;

/// Some days in UTC, each such as `2026-01-31`, oldest first.
#[derive(Debug)]
pub struct Days(Vec<String>);

impl Days {
    /// So many days, of which the last has this instant.
    pub fn until(now: Timestamp, count: u16) -> Self {
        let before = |days: u16| {
            Timestamp::from_milliseconds(now.milliseconds() - i64::from(days) * DAY).date()
        };
        Self((0..count).rev().map(before).collect())
    }

    /// Each of them.
    pub fn all(&self) -> &[String] {
        &self.0
    }

    /// The first and the last day, as text.
    pub fn span(&self) -> String {
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
            (Some(day), _) => day.clone(),
            _ => String::new(),
        }
    }
}

/// The tallies of all days, and calls `progress` with how many days are done.
pub async fn tallies(
    operator: &Operator<'_>,
    days: &Days,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<Tally>, StoreError> {
    let reads = days.all().iter().map(|day| operator.tallies(day));
    let mut reads = stream::iter(reads).buffered(AT_ONCE);
    let (mut tallies, mut done) = (Vec::new(), 0);
    while let Some(of_day) = reads.next().await {
        tallies.extend(of_day?);
        done += 1;
        progress(done);
    }
    Ok(tallies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_today_also_where_a_month_begins() {
        let now = Timestamp::parse("2024-03-01T00:00:00Z").unwrap();
        let days = Days::until(now, 3);
        assert_eq!(days.all(), ["2024-02-28", "2024-02-29", "2024-03-01"]);
        assert_eq!(days.span(), "2024-02-28 to 2024-03-01");
        let last_moment = Timestamp::parse("2024-03-01T23:59:59.999Z").unwrap();
        assert_eq!(Days::until(last_moment, 1).span(), "2024-03-01");
    }
}
