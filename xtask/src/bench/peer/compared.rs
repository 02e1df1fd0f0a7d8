//! The peer's figures and ours, beside each other.

use super::measure::Theirs;
use crate::bench::figures::Figures;
use crate::bench::report::time;
use std::fmt::Write as _;
use std::time::Duration;

/// One function beside its counterpart.
#[derive(Debug)]
pub struct Compared {
    /// The function.
    pub function: String,
    /// CPU time of their start to the first response.
    pub their_start: Duration,
    /// CPU time of their warm call.
    pub their_warm: Duration,
    /// Their memory after the first response, in bytes.
    pub their_resident: u64,
    /// Bytes of their bundle, without Node.
    pub their_size: u64,
    /// What was measured, ours, theirs, and the ratio.
    pub rows: Vec<[String; 4]>,
}

impl Compared {
    /// Our figures over plain HTTP, as the peer's are; memory as it was measured; and their bundle's size.
    pub fn new(function: &str, ours: &Figures, theirs: &Theirs, their_size: u64) -> Self {
        let start = ours.http.start + ours.http.first;
        let cpu = |what: &str, ours: Duration, theirs: Duration| {
            let ratio = ratio(ours.as_secs_f64(), theirs.as_secs_f64());
            [format!("{function}: {what}"), time(ours), time(theirs), ratio]
        };
        let bytes = |what: &str, ours: u64, theirs: u64| {
            let [ours, theirs] = [ours, theirs].map(megabytes);
            let [text, their_text] = [ours, theirs].map(|size| format!("{size:.1} MB"));
            [format!("{function}: {what}"), text, their_text, ratio(ours, theirs)]
        };
        let rows = vec![
            cpu("warm call, CPU", ours.http.warm, theirs.warm),
            cpu("start to the first response, CPU", start, theirs.start),
            cpu("the same, theirs not bundled", start, theirs.start_of_modules),
            bytes("resident after the first response", ours.memory.resident, theirs.resident),
            bytes("size, theirs without Node", ours.size, their_size),
        ];
        Self {
            function: function.to_owned(),
            their_start: theirs.start,
            their_warm: theirs.warm,
            their_resident: theirs.resident,
            their_size,
            rows,
        }
    }
}

/// `12.3 times`
fn ratio(ours: f64, theirs: f64) -> String {
    format!("{:.1} times", theirs / ours)
}

fn megabytes(bytes: u64) -> f64 {
    // Exact enough below eight petabytes.
    #[allow(clippy::cast_precision_loss, reason = "memory of a process")]
    let bytes = bytes as f64;
    bytes / 1_000_000.0
}

/// Everything that was compared, in columns under a title.
pub fn table(title: &str, compared: &[Compared]) -> String {
    let head = ["", "Tessera", "Better Auth", "that is"].map(str::to_owned);
    let rows: Vec<_> = [&head].into_iter().chain(compared.iter().flat_map(|c| &c.rows)).collect();
    let widths = [0, 1, 2, 3].map(|column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max()
    });
    let [what, ours, theirs, times] = widths.map(Option::unwrap_or_default);
    let mut text = format!("Beside {title}, over memory, in the same run\n");
    for [a, b, c, d] in rows {
        let line = format!("  {a:what$}  {b:>ours$}  {c:>theirs$}  {d:>times$}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figures::{Handshakes, TableUse, Times};
    use harness::meter::Memory;

    #[test]
    fn figures_stand_beside_each_other() {
        let milliseconds = Duration::from_millis;
        let [start, first, warm] = [3, 1, 1].map(milliseconds);
        let times = Times { start, first, warm, hash: None };
        let ours = Figures {
            size: 5_400_000,
            instructions: None,
            http: times,
            tls: times,
            memory: Memory { resident: 8_000_000, peak: 8_000_000 },
            handshakes: Handshakes { in_init: 1, later: 0 },
            table: TableUse { round_trips: 1, calls: 1, read_units: 3.0, write_units: 0.0 },
        };
        let theirs = Theirs {
            warm: Duration::from_micros(2_500),
            start: milliseconds(220),
            start_of_modules: milliseconds(600),
            resident: 64_000_000,
        };
        let text = table("a peer", &[Compared::new("ok", &ours, &theirs, 760_000)]);
        for row in [
            "ok: warm call, CPU                     1.00 ms      2.50 ms    2.5 times",
            "ok: start to the first response, CPU   4.00 ms    220.00 ms   55.0 times",
            "ok: the same, theirs not bundled       4.00 ms    600.00 ms  150.0 times",
            "ok: resident after the first response   8.0 MB      64.0 MB    8.0 times",
            "ok: size, theirs without Node           5.4 MB       0.8 MB    0.1 times",
        ] {
            assert!(text.contains(row), "{row} is not in\n{text}");
        }
    }
}
