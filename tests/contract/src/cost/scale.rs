//! The tables of docs/scale.md.

use super::FIGURES;
use super::figures::{Figures, Hot};
use super::format::{count, head, plain, row};
use super::limits::Limits;
use super::operations::{Operation, of_name};
use super::tables::read_in;
use crate::finding::Finding;

/// Each table with the name of its markers.
pub fn all(
    operations: &[Operation],
    figures: &Figures,
    limits: &Limits,
    data_model: &str,
) -> Result<Vec<(&'static str, String)>, Finding> {
    Ok(vec![
        ("limits", of_limits(limits)),
        ("hot", of_hot_items(operations, figures, limits, data_model)?),
        ("rates", of_rates(operations, figures, limits)?),
    ])
}

fn of_limits(limits: &Limits) -> String {
    let mut table = head(&["limit", "of", "more", "read in"]);
    for limit in &limits.0 {
        table.push_str(&row(&[
            count(limit.value),
            limit.of.clone(),
            limit.more.clone(),
            read_in(&limit.source),
        ]));
    }
    table
}

fn of_hot_items(
    operations: &[Operation],
    figures: &Figures,
    limits: &Limits,
    data_model: &str,
) -> Result<String, Finding> {
    let (reads, writes) = (limits.value("partition_reads")?, limits.value("partition_writes")?);
    let mut table =
        head(&["partition", "key", "for each", "reads", "writes", "hot from, a second"]);
    for hot in &figures.hot {
        fits(hot, operations, data_model)?;
        let rate = (reads / hot.reads).min(writes / hot.writes).floor();
        table.push_str(&row(&[
            hot.item.clone(),
            format!("`{}`", hot.key),
            hot.per.clone(),
            plain(hot.reads),
            plain(hot.writes),
            count(rate),
        ]));
    }
    Ok(table)
}

/// A partition has a key of docs/data-model.md, and gets no more units than its operations have.
fn fits(hot: &Hot, operations: &[Operation], data_model: &str) -> Result<(), Finding> {
    let finding = |says: String| Finding::new(FIGURES, says, "correct the entry of [[hot]]");
    if !data_model.contains(&format!("`{}`", hot.key)) {
        return Err(finding(format!(
            "names the key {}, which docs/data-model.md does not have",
            hot.key
        )));
    }
    let named = operations.iter().filter(|operation| hot.operations.contains(&operation.row.name));
    let (mut reads, mut writes) = (0.0, 0.0);
    for operation in named {
        reads += operation.row.reads;
        writes += operation.row.writes;
    }
    if !hot.operations.is_empty() && (hot.reads > reads || hot.writes > writes) {
        return Err(finding(format!("gives \"{}\" more units than its operations have", hot.item)));
    }
    Ok(())
}

fn of_rates(
    operations: &[Operation],
    figures: &Figures,
    limits: &Limits,
) -> Result<String, Finding> {
    let functions = limits.value("functions")?;
    let per_instance = limits.value("requests_of_an_instance")?;
    let (new_reads, new_writes) =
        (limits.value("new_table_reads")?, limits.value("new_table_writes")?);
    let units = limits.value("table_units")?;
    let mut table = head(&[
        "operation, alone, a second",
        "a new table",
        "a table after it has grown",
        "1,000 functions at once",
    ]);
    for name in &figures.scale {
        let Some(operation) = of_name(operations, name) else { continue };
        let reply = &figures.reply;
        let more = if operation.waits_for_reply {
            reply.seconds * reply.write_units_per_second
        } else {
            0.0
        };
        let (reads, writes) = (operation.row.reads, operation.row.writes + more);
        let at_once = functions * (1_000.0 / operation.billed_ms).min(per_instance);
        let rates = [
            (new_reads / reads).min(new_writes / writes),
            (units / reads).min(units / writes),
            at_once,
        ];
        let cells = [name.clone()].into_iter().chain(rates.map(|rate| count(rate.floor())));
        table.push_str(&row(&cells.collect::<Vec<_>>()));
    }
    Ok(table)
}
