//! What was measured of one function.

use harness::meter::Memory;
use std::time::Duration;

/// All figures of one function.
#[derive(Debug)]
pub struct Figures {
    /// Bytes of the stripped binary.
    pub size: u64,
    /// What valgrind counted, if it ran.
    pub instructions: Option<Instructions>,
    /// Over plain HTTP.
    pub http: Times,
    /// Over TLS.
    pub tls: Times,
    /// After the first call, over TLS.
    pub memory: Memory,
    /// TLS handshakes of one process.
    pub handshakes: Handshakes,
    /// One warm call's use of the table.
    pub table: TableUse,
}

/// User instructions.
#[derive(Debug, Clone, Copy)]
pub struct Instructions {
    /// From the start to the first request for work, without the connection opened in INIT.
    pub start: u64,
    /// One warm call, with the same token as the calls before it.
    pub warm: u64,
    /// One warm call with a token that the process has not seen, where that is measured.
    pub new_token: Option<u64>,
    /// One hash alone, where the function hashes.
    pub hash: Option<u64>,
}

/// Medians of CPU times, user and system.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// From the start to the first request for work, the connection opened in INIT included.
    pub start: Duration,
    /// The first call after that.
    pub first: Duration,
    /// A warm call.
    pub warm: Duration,
    /// One hash alone, in turns with the warm calls, where the function hashes.
    pub hash: Option<Duration>,
}

/// TLS handshakes of one process.
#[derive(Debug, Clone, Copy)]
pub struct Handshakes {
    /// Before the first call.
    pub in_init: u64,
    /// In the first call and ten more.
    pub later: u64,
}

/// What one call does at the table.
#[derive(Debug, Clone, Copy)]
pub struct TableUse {
    /// Sequential waits.
    pub round_trips: usize,
    /// Requests.
    pub calls: usize,
    /// Capacity units.
    pub read_units: f64,
    /// Capacity units.
    pub write_units: f64,
}

/// The middle one; of an even count the upper.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outlier_does_not_move_the_median() {
        let times = [3, 1, 900, 2, 4].map(Duration::from_micros);
        assert_eq!(median(times.into()), Duration::from_micros(3));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }
}
