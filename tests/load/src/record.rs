//! Every request: when, which function, how long, and its status.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One try of a request.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// When its response had come, since the start.
    pub at: Duration,
    /// The function that it was for.
    pub function: &'static str,
    /// From sending to the end of the response.
    pub time: Duration,
    /// 0 where there was no response.
    pub status: u16,
}

/// The requests of all users.
#[derive(Debug)]
pub struct Record {
    started: Instant,
    samples: Mutex<Vec<Sample>>,
    /// Responses of the gateway in place of a function's.
    gateway_errors: Mutex<usize>,
}

impl Record {
    /// The time starts now.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            samples: Mutex::default(),
            gateway_errors: Mutex::default(),
        }
    }

    /// Since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Adds a try that ended now.
    pub fn add(&self, function: &'static str, time: Duration, status: u16) {
        let at = self.elapsed();
        lock(&self.samples).push(Sample { at, function, time, status });
    }

    /// Adds a response that no function made.
    pub fn add_gateway_error(&self) {
        *lock(&self.gateway_errors) += 1;
    }

    /// How many responses no function made.
    pub fn gateway_errors(&self) -> usize {
        *lock(&self.gateway_errors)
    }

    /// How many there are, and those after the first `seen`.
    pub fn after(&self, seen: usize) -> Vec<Sample> {
        lock(&self.samples).get(seen..).unwrap_or_default().to_vec()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The samples of each function.
pub fn by_function(samples: &[Sample]) -> BTreeMap<&'static str, Vec<Sample>> {
    let mut found: BTreeMap<&'static str, Vec<Sample>> = BTreeMap::new();
    for sample in samples {
        found.entry(sample.function).or_default().push(*sample);
    }
    found
}

/// The times of samples that came back, shortest first.
pub fn times(samples: &[Sample]) -> Vec<Duration> {
    let mut times: Vec<Duration> =
        samples.iter().filter(|sample| sample.status != 0).map(|sample| sample.time).collect();
    times.sort_unstable();
    times
}

/// The time below which this share of a thousand is, of times that are sorted.
pub fn quantile(times: &[Duration], per_mille: usize) -> Duration {
    let at = (times.len() * per_mille / 1_000).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_times_that_were_measured() {
        let times: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(quantile(&times, 500), Duration::from_millis(51));
        assert_eq!(quantile(&times, 990), Duration::from_millis(100));
        assert_eq!(quantile(&times, 1_000), Duration::from_millis(100));
        assert_eq!(quantile(&[], 500), Duration::ZERO);
    }
}
