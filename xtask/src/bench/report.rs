//! The table of a function, and what to say of a broken budget.

use super::budgets::Budgets;
use super::figures::{Figures, Instructions, Times};
use std::time::Duration;

/// The read whose warm call has a target for its CPU time, and the target.
const READ: (&str, Duration) = ("get-profile", Duration::from_micros(300));
/// What a sign-in may take beyond its hash.
const BEYOND_HASH: Duration = Duration::from_millis(1);

/// One figure beside its budget.
#[derive(Debug)]
pub struct Row {
    what: &'static str,
    measured: String,
    limit: String,
    /// The line for the end, if the budget is broken.
    pub broken: Option<String>,
}

/// Builds the rows of one function.
struct Rows<'a> {
    name: &'a str,
    rows: Vec<Row>,
}

/// All rows of a function.
pub fn rows(name: &str, figures: &Figures, budgets: &Budgets) -> Vec<Row> {
    let mut rows = Rows { name, rows: Vec::new() };
    let budget = Some(budgets.size(name));
    rows.limited("stripped size, bytes", figures.size, budget, "a-broken-size");
    if let Some(Instructions { start, warm, new_token, hash }) = figures.instructions {
        let budget = Some(budgets.start_instructions);
        rows.limited("start, instructions", start, budget, "broken-instructions");
        if let Some(new_token) = new_token {
            let budget = budgets.new_token_instructions(name);
            rows.limited(
                "warm call, new token, instructions",
                new_token,
                budget,
                "broken-instructions",
            );
        }
        let budget = budgets.warm_instructions(name);
        rows.limited("warm call, instructions", warm, budget, "broken-instructions");
        if let Some(hash) = hash {
            let beyond = count(warm.saturating_sub(hash));
            rows.reported("warm call less one hash, instructions", beyond, String::new());
        }
    }
    rows.cpu("start, CPU", figures, |times| times.start, None);
    rows.cpu("first call, CPU", figures, |times| times.first, None);
    let aim = (name == READ.0).then_some(READ.1);
    rows.cpu("warm call, CPU", figures, |times| times.warm, aim);
    if figures.http.hash.is_some() {
        let hash = |times: &Times| times.hash.unwrap_or_default();
        rows.cpu("one hash alone, CPU", figures, hash, None);
        let beyond = |times: &Times| times.warm.saturating_sub(hash(times));
        rows.cpu("warm call less one hash, CPU", figures, beyond, Some(BEYOND_HASH));
    }
    let (resident, budget) = (figures.memory.resident, budgets.resident(name));
    rows.limited("resident after the first call, bytes", resident, Some(budget), "broken-memory");
    rows.reported("most ever resident, bytes", count(figures.memory.peak), String::new());
    let (in_init, later) = (figures.handshakes.in_init, figures.handshakes.later);
    let budget = Some(budgets.handshakes_in_init(name));
    rows.limited("TLS handshakes in INIT", in_init, budget, "a-late-handshake");
    let budget = Some(budgets.handshakes_later);
    rows.limited("TLS handshakes in 11 calls after it", later, budget, "a-late-handshake");
    let table = figures.table;
    rows.reported("round trips of a warm call", table.round_trips.to_string(), String::new());
    let units = format!("{} read, {} write", table.read_units, table.write_units);
    rows.reported("capacity units of a warm call", units, String::new());
    rows.rows
}

impl Rows<'_> {
    /// A figure that must not be above its budget, if it has one.
    fn limited(&mut self, what: &'static str, figure: u64, budget: Option<u64>, section: &str) {
        let measured = count(figure);
        let limit = budget.map(|budget| format!("≤ {}", count(budget))).unwrap_or_default();
        let broken = budget.filter(|budget| figure > *budget).map(|_| {
            let name = self.name;
            format!("{name}: {what}: {measured}, budget {limit}; see docs/benchmarks.md#{section}")
        });
        self.rows.push(Row { what, measured, limit, broken });
    }

    fn cpu(
        &mut self,
        what: &'static str,
        figures: &Figures,
        pick: impl Fn(&Times) -> Duration,
        aim: Option<Duration>,
    ) {
        let (http, tls) = (time(pick(&figures.http)), time(pick(&figures.tls)));
        let aim = aim.map(|aim| format!("aim {}", time(aim))).unwrap_or_default();
        self.reported(what, format!("{http} HTTP, {tls} TLS"), aim);
    }

    fn reported(&mut self, what: &'static str, measured: String, limit: String) {
        self.rows.push(Row { what, measured, limit, broken: None });
    }
}

/// The rows under a title, in columns.
pub fn table(title: &str, rows: &[Row]) -> String {
    let wide = |text: fn(&Row) -> &str| {
        rows.iter().map(|row| text(row).chars().count()).max().unwrap_or_default()
    };
    let (what, measured) = (wide(|row| row.what), wide(|row| &row.measured));
    let mut text = format!("{title}\n");
    for row in rows {
        let verdict = match (&row.broken, row.limit.starts_with('≤')) {
            (Some(_), _) => "  BROKEN",
            (None, true) => "  kept",
            (None, false) => "",
        };
        let line =
            format!("  {:what$}  {:>measured$}  {}{verdict}", row.what, row.measured, row.limit);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// `1,234,567`
pub fn count(number: u64) -> String {
    contract::cost::thousands(&number.to_string())
}

/// `294 µs`, `2.31 ms`
pub fn time(time: Duration) -> String {
    let microseconds = time.as_micros();
    if microseconds < 1000 {
        format!("{microseconds} µs")
    } else {
        format!("{:.2} ms", time.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_above_its_budget_is_named_with_both() {
        let mut rows = Rows { name: "ok", rows: Vec::new() };
        rows.limited("size", 1_000, Some(1_000), "size");
        rows.limited("size", 1_001, Some(1_000), "size");
        rows.limited("size", 1_001, None, "size");
        let broken: Vec<_> = rows.rows.iter().filter_map(|row| row.broken.as_deref()).collect();
        assert_eq!(broken, ["ok: size: 1,001, budget ≤ 1,000; see docs/benchmarks.md#size"]);
        let table = table("ok", &rows.rows);
        assert!(table.contains("size  1,001  ≤ 1,000  BROKEN"), "{table}");
        assert_eq!(table.matches("kept").count(), 1);
    }

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(time(Duration::from_micros(294)), "294 µs");
        assert_eq!(time(Duration::from_micros(2_314)), "2.31 ms");
    }
}
