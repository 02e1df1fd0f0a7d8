//! How long a provider asks us to wait.

use std::time::Duration;

use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// Milliseconds (Azure), seconds or a date (RFC 9110).
pub(super) fn of(headers: &Headers) -> Option<Duration> {
    let milliseconds = headers.get("retry-after-ms").and_then(|text| seconds(text, 0.001));
    let wait = || {
        let text = headers.get("retry-after")?.trim();
        seconds(text, 1.0).or_else(|| until(text, headers.get("date")?))
    };
    milliseconds.or_else(wait)
}

/// A number in this unit, in seconds.
pub(super) fn seconds(text: &str, unit: f64) -> Option<Duration> {
    let number: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(number * unit).ok()
}

/// By the endpoint's own clock: ours may differ.
fn until(date: &str, now: &str) -> Option<Duration> {
    let second = |text| Some(DateTime::from_str(text, Format::HttpDate).ok()?.secs());
    u64::try_from(second(date)?.checked_sub(second(now)?)?).ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &'static str)]) -> Option<u128> {
        let mut all = Headers::new();
        for (name, value) in headers {
            all.insert(*name, *value);
        }
        of(&all).map(|wait| wait.as_millis())
    }

    #[test]
    fn e7_every_form_of_retry_after() {
        assert_eq!(asked(&[("retry-after", "4")]), Some(4_000));
        assert_eq!(asked(&[("retry-after", " 1.5 ")]), Some(1_500));
        assert_eq!(asked(&[("retry-after", "4"), ("retry-after-ms", "250")]), Some(250));
        let now = ("date", "Sat, 28 Nov 2026 19:00:00 GMT");
        let then = ("retry-after", "Sat, 28 Nov 2026 19:00:30 GMT");
        assert_eq!(asked(&[now, then]), Some(30_000));
        assert_eq!(asked(&[then]), None);
        for odd in ["", "soon", "-1", "NaN", "inf", "1e300"] {
            assert_eq!(asked(&[("retry-after", odd)]), None, "{odd}");
        }
    }
}
