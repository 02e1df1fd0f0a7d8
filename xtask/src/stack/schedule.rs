//! Schedule expressions of template.yaml.

use anyhow::{Context, Result, bail};
use std::time::Duration;

/// The time between two runs of `rate(1 day)`.
pub fn interval(expression: &str) -> Result<Duration> {
    let rate = expression
        .strip_prefix("rate(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rate| rate.split_once(' '));
    let Some((count, unit)) = rate else {
        bail!("the local stack knows rate(…) only, not {expression}");
    };
    let count: u64 = count.parse().with_context(|| format!("{expression} has no number"))?;
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => bail!("the unit of {expression} is unknown"),
    };
    Ok(Duration::from_secs(count.saturating_mul(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        assert_eq!(interval("rate(1 day)").unwrap(), Duration::from_hours(24));
        assert_eq!(interval("rate(5 minutes)").unwrap(), Duration::from_mins(5));
        assert!(interval("cron(0 0 * * ? *)").is_err());
    }
}
