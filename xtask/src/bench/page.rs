//! The figures of a run as a page, so that no figure has to be copied by hand.

use super::figures::{Figures, Times};
use super::peer::Compared;
use super::report::{count, time};
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

const HEAD: [&str; 9] = [
    "function",
    "size, bytes",
    "start, instructions",
    "warm call, instructions",
    "start / first / warm call, CPU over TLS",
    "resident, bytes",
    "handshakes in INIT / later",
    "round trips",
    "units read / write",
];

/// Writes the page into a folder, and returns its path; `peer` is what is measured beside them.
pub fn write(
    folder: &Path,
    measured: &[(String, Figures)],
    peer: Option<(&str, &[Compared])>,
) -> Result<PathBuf> {
    let path = folder.join("bench.md");
    let (date, kind) = (OffsetDateTime::now_utc().date(), std::env::consts::ARCH);
    let mut text = format!("# One function alone\n\n`cargo xtask bench` on {date}, {kind}:\n\n");
    table(&mut text, &HEAD.map(str::to_owned), measured.iter().map(|(name, it)| row(name, it)));
    if let Some((title, compared)) = peer {
        let _ = writeln!(text, "\nBeside {title}, over memory, in the same run:\n");
        let head = ["", "Tessera", "Better Auth", "that is"].map(str::to_owned);
        table(&mut text, &head, compared.iter().flat_map(|one| one.rows.iter().cloned()));
    }
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn table<const N: usize>(
    text: &mut String,
    head: &[String; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let _ = writeln!(text, "| {} |\n|{}", head.join(" | "), "---|".repeat(N));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
}

fn row(name: &str, figures: &Figures) -> [String; 9] {
    let (start, warm) = match figures.instructions {
        None => (String::new(), String::new()),
        Some(counted) => {
            let new_token = counted.new_token.map(count);
            let new_token = new_token.map(|new| format!("; with a new token {new}"));
            (count(counted.start), count(counted.warm) + &new_token.unwrap_or_default())
        }
    };
    let Times { start: started, first, warm: called, hash } = figures.tls;
    let hash = hash.map(|hash| format!(" (one hash alone: {})", time(hash))).unwrap_or_default();
    let table = figures.table;
    [
        name.to_owned(),
        count(figures.size),
        start,
        warm,
        format!("{} / {} / {}{hash}", time(started), time(first), time(called)),
        count(figures.memory.resident),
        format!("{} / {}", figures.handshakes.in_init, figures.handshakes.later),
        table.round_trips.to_string(),
        format!("{} / {}", table.read_units, table.write_units),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::figures::{Handshakes, Instructions, TableUse};
    use super::*;
    use harness::meter::Memory;
    use std::time::Duration;

    #[test]
    fn a_row_has_every_figure_of_its_function() {
        let ms = Duration::from_millis;
        let times = Times { start: ms(3), first: ms(2), warm: ms(1), hash: None };
        let figures = Figures {
            size: 5_011_480,
            instructions: Some(Instructions { start: 1, warm: 2, new_token: Some(3), hash: None }),
            http: times,
            tls: times,
            memory: Memory { resident: 7_000, peak: 8_000 },
            handshakes: Handshakes { in_init: 1, later: 0 },
            table: TableUse { round_trips: 1, calls: 2, read_units: 2.5, write_units: 0.0 },
        };
        let mut text = String::new();
        table(&mut text, &HEAD.map(str::to_owned), [row("ok", &figures)].into_iter());
        let line = "| ok | 5,011,480 | 1 | 2; with a new token 3 | 3.00 ms / 2.00 ms / 1.00 ms | 7,000 | 1 / 0 | 1 | \
                    2.5 / 0 |";
        assert_eq!(text.lines().nth(2), Some(line));
        assert!(text.starts_with("| function | size, bytes |") && text.contains("|\n|---|---|"));
    }
}
