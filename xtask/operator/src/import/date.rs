//! Dates as databases and their drivers write them.

use serde_json::Value;
use shared::clock::Timestamp;

/// The end of the year 9999, in milliseconds.
const MAX_MILLISECONDS: i64 = 253_402_300_799_999;
/// A smaller number counts seconds. As milliseconds it would be before March 1973.
const MIN_MILLISECONDS: i64 = 100_000_000_000;

/// Reads a date: ISO 8601 text, with `T` or a space, with or without a zone (then it is UTC), or a number
/// of seconds or milliseconds since 1970. `None` for anything else.
pub(super) fn read(value: &Value) -> Option<Timestamp> {
    let timestamp = match value {
        Value::String(text) => match text.parse() {
            Ok(number) => of_number(number)?,
            Err(_) => Timestamp::parse(&in_rfc_3339(text)?)?,
        },
        Value::Number(number) => of_number(number.as_f64()?)?,
        _ => return None,
    };
    (0..=MAX_MILLISECONDS).contains(&timestamp.milliseconds()).then_some(timestamp)
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn of_number(number: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_precision_loss, reason = "both have fewer than 53 bits")]
    let (min, max) = (MIN_MILLISECONDS as f64, MAX_MILLISECONDS as f64);
    let milliseconds = if number < min { number * 1000.0 } else { number };
    (0.0..=max)
        .contains(&milliseconds)
        .then(|| Timestamp::from_milliseconds(milliseconds.round() as i64))
}

/// `2024-01-31 12:00:00.5+00` as `2024-01-31T12:00:00.5+00:00`.
fn in_rfc_3339(text: &str) -> Option<String> {
    let (date, time) = text.split_at_checked(10)?;
    let time = time.strip_prefix(['T', 't', ' '])?;
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone)?;
    let zone = match zone.len() {
        0 => "Z".to_owned(),
        3 => format!("{zone}:00"),
        5 => {
            let (hours, minutes) = zone.split_at_checked(3)?;
            format!("{hours}:{minutes}")
        }
        _ => zone.to_owned(),
    };
    Some(format!("{date}T{clock}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn every_database_writes_the_same_instant() {
        for (value, digits) in [
            // SQLite: Better Auth's own adapter writes what JavaScript does.
            (json!("2024-01-31T12:00:00.123Z"), "123"),
            // SQLite: CURRENT_TIMESTAMP.
            (json!("2024-01-31 12:00:00"), "000"),
            // PostgreSQL in JSON: timestamptz in UTC and elsewhere, timestamp.
            (json!("2024-01-31T12:00:00.123456+00:00"), "123"),
            (json!("2024-01-31T14:00:00.1+02:00"), "100"),
            (json!("2024-01-31T12:00:00.123"), "123"),
            // PostgreSQL as text.
            (json!("2024-01-31 12:00:00.123+00"), "123"),
            (json!("2024-01-31 06:30:00-0530"), "000"),
            (json!("2024-01-31 06:30:00-05:30"), "000"),
            // MySQL.
            (json!("2024-01-31 12:00:00.123000"), "123"),
            // Drizzle and Prisma over SQLite.
            (json!(1_706_702_400), "000"),
            (json!(1_706_702_400_123_i64), "123"),
            (json!(1_706_702_400_123.0), "123"),
            // A bigint that a driver wrote as text.
            (json!("1706702400123"), "123"),
        ] {
            let expected = format!("2024-01-31T12:00:00.{digits}Z");
            assert_eq!(read(&value).map(|date| date.to_string()), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for value in [
            json!(null),
            json!(true),
            json!({}),
            json!(-1),
            json!(1e300),
            json!(253_402_300_800_000_i64),
            json!(""),
            json!("NaN"),
            json!("inf"),
            json!("infinity"),
            json!("2024-01-31"),
            json!("2024-13-31T12:00:00Z"),
            json!("1969-12-31T23:59:59Z"),
            json!("0044-03-15 12:00:00 BC"),
            json!("Wed Jan 31 2024 12:00:00 GMT+0000"),
        ] {
            assert_eq!(read(&value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*|[0-9T:. Z+-]{0,32}") {
            if let Some(date) = read(&json!(text)) {
                prop_assert_eq!(read(&json!(date.to_string())), Some(date));
            }
        }

        #[test]
        fn no_number_panics(number in any::<f64>()) {
            if let Some(date) = read(&json!(number)) {
                prop_assert_eq!(date.to_string().len(), 24);
            }
        }
    }
}
