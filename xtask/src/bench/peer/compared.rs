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
    /// What was measured, ours, theirs, and the ratio.
    pub rows: Vec<[String; 4]>,
}

impl Compared {
    /// Our figures over plain HTTP, as the peer's are; memory as it was measured.
    pub fn new(function: &str, ours: &Figures, theirs: &Theirs) -> Self {
        let start = ours.http.start + ours.http.first;
        let cpu = |what: &str, ours: Duration, theirs: Duration| {
            let ratio = ratio(ours.as_secs_f64(), theirs.as_secs_f64());
            [format!("{function}: {what}"), time(ours), time(theirs), ratio]
        };
        let resident = [ours.memory.resident, theirs.resident].map(megabytes);
        let [our_memory, their_memory] = resident.map(|size| format!("{size:.1} MB"));
        let [our_size, their_size] = resident;
        let memory = format!("{function}: resident after the first response");
        let rows = vec![
            cpu("warm call, CPU", ours.http.warm, theirs.warm),
            cpu("start to the first response, CPU", start, theirs.start),
            cpu("the same, theirs not bundled", start, theirs.start_of_modules),
            [memory, our_memory, their_memory, ratio(our_size, their_size)],
        ];
        Self {
            function: function.to_owned(),
            their_start: theirs.start,
            their_warm: theirs.warm,
            their_resident: theirs.resident,
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

    #[test]
    fn figures_stand_beside_each_other() {
        let row = ["get-session: warm call, CPU", "1.00 ms", "2.50 ms", "2.5 times"];
        let compared = Compared {
            function: "get-session".to_owned(),
            their_start: Duration::ZERO,
            their_warm: Duration::ZERO,
            their_resident: 0,
            rows: vec![row.map(str::to_owned)],
        };
        let text = table("a peer", &[compared]);
        assert!(text.contains("warm call, CPU  1.00 ms      2.50 ms  2.5 times"), "{text}");
        assert_eq!(ratio(2.0, 5.0), "2.5 times");
    }
}
