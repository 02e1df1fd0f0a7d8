//! CPU times of figures.toml, compared with the page that `cargo xtask bench --plots docs/performance` writes.

use super::entry::{self, Entry};
use super::{FIGURES, MEASURED};
use crate::finding::Finding;

/// The column of the three CPU times, which end with that of a warm call.
const TIMES: usize = 4;
/// The column of Better Auth's figures, in the rows that begin with what both do.
const PEER: usize = 2;
/// Both have two decimals of a millisecond.
const ROUNDING: f64 = 0.005_1;

/// Each time that names what measured it must be the measured one.
pub fn check(figures: &str, page: &str) -> Result<Vec<Finding>, Finding> {
    let document = entry::document(FIGURES, figures)?;
    let mut findings = Vec::new();
    for (name, entry) in Entry::root(FIGURES, &document).table("cpu")?.named() {
        for (value, source, column) in
            [("ms", "measured", TIMES), ("better_auth_ms", "beside", PEER)]
        {
            let Some(row) = entry.optional_text(source) else { continue };
            let measured = measured(page, &row, column).ok_or_else(|| {
                Finding::new(
                    MEASURED,
                    format!("has no time of `{row}`"),
                    "run `cargo xtask bench --plots docs/performance`",
                )
            })?;
            if (entry.number(value)? - measured).abs() > ROUNDING {
                findings.push(Finding::new(
                    FIGURES,
                    format!("says another `{value}` of cpu.{name} than {MEASURED}: {measured:.2}"),
                    "write the measured one, then run `cargo xtask check --fix`",
                ));
            }
        }
    }
    Ok(findings)
}

/// The time in a row of the page, in milliseconds.
fn measured(page: &str, row: &str, column: usize) -> Option<f64> {
    let cells = page.lines().find_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").collect();
        (cells.first() == Some(&row)).then_some(cells)
    })?;
    let last = cells.get(column)?.split(" (").next()?.split(" / ").last()?;
    let (number, unit) = last.trim_end_matches(" |").split_once(' ')?;
    let number: f64 = number.parse().ok()?;
    match unit {
        "µs" => Some(number / 1_000.0),
        "ms" => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "
| function | size, bytes | start, instructions | warm call, instructions | start / first / warm call, CPU over TLS |
|---|---|---|---|---|
| ok | 1 | 2 | 3 | 1.57 ms / 310 µs / 144 µs | 6 |
| signin | 1 | 2 | 3 | 4.33 ms / 36.51 ms / 26.18 ms (one hash alone: 23.10 ms) | 27 |

|  | Tessera | Better Auth | that is |
|---|---|---|---|
| get-session: warm call, CPU | 737 µs | 2.35 ms | 3.2 times |
";

    fn found(figures: &str) -> Vec<String> {
        let findings = check(figures, PAGE).unwrap_or_else(|finding| vec![finding]);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_time_is_the_measured_one() {
        let right = "[cpu.nothing]\nms = 0.14\nmeasured = \"ok\"\nbetter_auth_ms = 2.35\n\
                     beside = \"get-session: warm call, CPU\"\n[cpu.hash]\nms = 26.18\nmeasured = \"signin\"\n";
        assert_eq!(found(right), [""; 0]);
        let [wrong] = found(&right.replace("26.18", "26.2")).try_into().unwrap();
        assert!(wrong.contains("cpu.hash") && wrong.contains("26.18"), "{wrong}");
        let [wrong] = found(&right.replace("2.35", "2.4")).try_into().unwrap();
        assert!(wrong.contains("better_auth_ms") && wrong.contains("2.35"), "{wrong}");
        let [wrong] = found(&right.replace("\"ok\"", "\"gone\"")).try_into().unwrap();
        assert!(wrong.contains("no time of `gone`"), "{wrong}");
        assert_eq!(
            found("[cpu.two]\nms = 50\n"),
            [""; 0],
            "what nobody measured has its reason in a comment"
        );
    }
}
