//! The operations of docs/data-model.md, with what a function takes for each.

use template::{Api, Function, Template};

use super::figures::{Cpu, Figures};
use super::{DATA_MODEL, FIGURES};
use crate::finding::Finding;

const HEAD: &str = "| operation | keys | calls | round trips | read units | write units |";

/// A row of the table of access patterns.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The function's name.
    pub function: String,
    /// Function and what is special, as `signin wrong password`.
    pub name: String,
    /// Sequential waits for the table.
    pub round_trips: f64,
    /// Read units.
    pub reads: f64,
    /// Write units.
    pub writes: f64,
}

/// One operation, with what it takes.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its row.
    pub row: Row,
    /// Memory of its function, in MB.
    pub memory_mb: f64,
    /// The gateway's API; none for a background function.
    pub api: Option<Api>,
    /// What is billed.
    pub billed_ms: f64,
    /// Whether it waits for a model.
    pub waits_for_reply: bool,
    /// CPU time of the same on Better Auth.
    pub better_auth_ms: f64,
}

/// The rows of docs/data-model.md, without the limit of all other functions at their end.
pub fn rows(text: &str) -> Result<Vec<Row>, Finding> {
    let lines = text.lines().skip_while(|line| *line != HEAD).skip(2);
    let rows =
        lines.take_while(|line| line.starts_with('|')).filter(|line| line.starts_with("| `"));
    let rows: Vec<Row> = rows
        .map(|line| {
            row(line).ok_or_else(|| {
                let says = format!("has a row of access patterns that can't be read: {line}");
                Finding::new(
                    DATA_MODEL,
                    says,
                    "write its six cells, with numbers in the last three",
                )
            })
        })
        .collect::<Result<_, _>>()?;
    if rows.is_empty() {
        let says = format!("has no table that begins with {HEAD}");
        return Err(Finding::new(
            DATA_MODEL,
            says,
            "keep the table's head, or change it in both places",
        ));
    }
    Ok(rows)
}

fn row(line: &str) -> Option<Row> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [operation, _, _, trips, reads, writes] = cells.as_slice() else { return None };
    let (function, variant) = operation.strip_prefix('`')?.split_once('`')?;
    Some(Row {
        function: function.to_owned(),
        name: format!("{function}{variant}"),
        round_trips: trips.parse().ok()?,
        reads: reads.parse().ok()?,
        writes: writes.parse().ok()?,
    })
}

/// Each row with what its function takes. A row whose function has no CPU time, and an operation that
/// the figures name and that has no row, are findings.
pub fn join(
    rows: &[Row],
    template: &Template,
    figures: &Figures,
) -> Result<Vec<Operation>, Finding> {
    for name in figures.cpu.iter().flat_map(|cpu| &cpu.functions) {
        if template.function(name).is_none() {
            return Err(unknown(&format!("the function `{name}`"), "template.yaml"));
        }
    }
    for name in named(figures) {
        if !rows.iter().any(|row| row.name == *name) {
            return Err(unknown(&format!("the operation `{name}`"), DATA_MODEL));
        }
    }
    rows.iter()
        .map(|row| {
            let function = template.function(&row.function).ok_or_else(|| {
                let says = format!(
                    "has a row for `{}`, which is no function of template.yaml",
                    row.function
                );
                Finding::new(DATA_MODEL, says, "remove the row, or name its function")
            })?;
            Ok(operation(row, function, cpu(figures, &function.name)?, figures))
        })
        .collect()
}

/// Every operation that the figures name.
fn named(figures: &Figures) -> impl Iterator<Item = &String> {
    let month = figures.accounts.iter().chain(&figures.chat).map(|(name, _)| name);
    let hot = figures.hot.iter().flat_map(|hot| &hot.operations);
    let waits = figures.reply.operations.iter().chain(&figures.floor.1);
    let typical = &figures.typical;
    let typical = [&typical.turn, &typical.read, &typical.sign_in, &typical.wrong_password];
    month.chain(hot).chain(waits).chain(typical).chain(&figures.day).chain(&figures.scale)
}

/// The operation of this name.
pub fn of_name<'a>(operations: &'a [Operation], name: &str) -> Option<&'a Operation> {
    operations.iter().find(|operation| operation.row.name == name)
}

fn unknown(what: &str, file: &str) -> Finding {
    Finding::new(
        FIGURES,
        format!("names {what}, which {file} does not have"),
        "name one that is there",
    )
}

fn cpu<'a>(figures: &'a Figures, function: &str) -> Result<&'a Cpu, Finding> {
    let mut with =
        figures.cpu.iter().filter(|cpu| cpu.functions.iter().any(|name| name == function));
    match (with.next(), with.next()) {
        (Some(cpu), None) => Ok(cpu),
        (found, _) => {
            let how_many = if found.is_none() { "no CPU time" } else { "two CPU times" };
            let says = format!("has {how_many} for the function `{function}`");
            Err(Finding::new(FIGURES, says, "list it once, under the kind that it resembles"))
        }
    }
}

fn operation(row: &Row, function: &Function, cpu: &Cpu, figures: &Figures) -> Operation {
    let has = |names: &[String]| names.contains(&row.name);
    let memory_mb = u32::try_from(function.memory).map_or(f64::MAX, f64::from);
    let share = (memory_mb / figures.full_core_mb).min(1.0);
    let own_ms = cpu.ms / share + row.round_trips * figures.round_trip_ms;
    let waits_for_reply = has(&figures.reply.operations);
    let reply_ms = if waits_for_reply { figures.reply.seconds * 1_000.0 } else { 0.0 };
    let floor_ms = if has(&figures.floor.1) { figures.floor.0 } else { 0.0 };
    Operation {
        row: row.clone(),
        memory_mb,
        api: function.main_route().map(|route| route.api),
        billed_ms: (own_ms + reply_ms).max(floor_ms).ceil(),
        waits_for_reply,
        better_auth_ms: cpu.better_auth_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &str) -> String {
        format!(
            "# A page\n\n{HEAD}\n|---|---|---|---|---|---|\n{rows}| any other function, at most | | | 3 | 4 | 3 |\n"
        )
    }

    #[test]
    fn a_row_is_read_with_its_variant_and_its_halves() {
        let read =
            rows(&table("| `a` | k | c | 0 | 0 | 0 |\n| `b` by c | k | c | 1 | 2.5 | 3 |\n"));
        let [a, b] = read.unwrap().try_into().unwrap();
        assert_eq!((a.function.as_str(), a.name.as_str()), ("a", "a"));
        assert_eq!((b.function.as_str(), b.name.as_str()), ("b", "b by c"));
        assert!((b.reads - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_row_that_can_not_be_read_and_no_table_are_findings() {
        let says = |text: &str| rows(text).unwrap_err().says;
        assert!(says(&table("| `a` | k | c | 0 | none | 0 |\n")).contains("can't be read: | `a`"));
        assert!(says(&table("| `a` | c | 0 | 0 | 0 |\n")).contains("can't be read"));
        assert!(says("# A page\n").contains("has no table"));
    }
}
