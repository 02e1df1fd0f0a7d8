//! The time. Only this module reads the machine's clock; tests may set a clock of their own.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// An instant in UTC with millisecond precision, written as RFC 3339 with exactly three
/// fraction digits and `Z` (the Better Auth client misreads any other number of digits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    milliseconds: i64,
}

impl Timestamp {
    /// Makes a timestamp from milliseconds since the Unix epoch.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self { milliseconds }
    }

    /// Milliseconds since the Unix epoch.
    pub const fn milliseconds(self) -> i64 {
        self.milliseconds
    }

    /// Seconds since the Unix epoch, as DynamoDB's TTL and JWT claims need them.
    pub const fn seconds(self) -> i64 {
        self.milliseconds.div_euclid(1000)
    }

    /// The instant that is `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let more = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self { milliseconds: self.milliseconds.saturating_add(more) }
    }

    /// The day in UTC, such as `2026-01-31`.
    pub fn date(self) -> String {
        self.to_string().chars().take(10).collect()
    }

    /// The beginning of the next day in UTC.
    #[must_use]
    pub fn next_day(self) -> Self {
        const DAY: i64 = 86_400_000;
        let days = self.milliseconds.div_euclid(DAY).saturating_add(1);
        Self { milliseconds: days.saturating_mul(DAY) }
    }

    /// The time from this instant until `later`; zero if `later` comes first.
    pub fn until(self, later: Self) -> Duration {
        let milliseconds = later.milliseconds.saturating_sub(self.milliseconds);
        Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
    }

    /// Parses an RFC 3339 date; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let date = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let milliseconds = date.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(milliseconds).ok().map(Self::from_milliseconds)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = OffsetDateTime::from_unix_timestamp(self.seconds()).map_err(|_| fmt::Error)?;
        let (year, month, day) = date.to_calendar_date();
        let (hour, minute, second) = date.to_hms();
        let (month, fraction) = (u8::from(month), self.milliseconds.rem_euclid(1000));
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("must be an RFC 3339 date"))
    }
}

/// The machine's clock, or one that a test sets.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until a test moves it; milliseconds since the Unix epoch.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The present instant.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let nanoseconds = OffsetDateTime::now_utc().unix_timestamp_nanos();
                let milliseconds = nanoseconds.div_euclid(1_000_000);
                Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX))
            }
            Self::Fixed(milliseconds) => {
                Timestamp::from_milliseconds(milliseconds.load(Ordering::Relaxed))
            }
        }
    }

    /// Waits until `duration` has passed since `start`; returns at once if it has.
    pub async fn wait_since(&self, start: Timestamp, duration: Duration) {
        tokio::time::sleep(self.now().until(start.plus(duration))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_timestamp_survives_its_text(milliseconds in 0_i64..253_402_300_799_999) {
            let timestamp = Timestamp::from_milliseconds(milliseconds);
            let text = timestamp.to_string();
            prop_assert_eq!(text.len(), 24);
            prop_assert_eq!(Timestamp::parse(&text), Some(timestamp));
        }

        #[test]
        fn text_sorts_as_time_does(a in 0_i64..253_402_300_799_999, b in 0_i64..253_402_300_799_999) {
            let (a, b) = (Timestamp::from_milliseconds(a), Timestamp::from_milliseconds(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }

    #[test]
    fn three_digits_and_z() {
        assert_eq!(Timestamp::from_milliseconds(5).to_string(), "1970-01-01T00:00:00.005Z");
    }
}
