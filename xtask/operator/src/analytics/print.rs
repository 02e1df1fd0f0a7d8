//! The table for people.

use std::fmt::Write as _;

use super::background;
use super::findings;
use super::merge::Table;
use super::ratings::Ratings;
use super::read::Days;
use super::row::{Kind, MIN_USERS, Totals};

const COLUMNS: usize = 9;
const HEAD: [&str; COLUMNS] = [
    "content type",
    "notes",
    "background",
    "interactions",
    "ratings",
    "mean",
    "95 % interval",
    "0 to 5",
    "users",
];
/// Numbers end below one another.
const IS_NUMBER: [bool; COLUMNS] = [false, true, false, true, true, true, false, false, true];
/// From few to many, in the order of how high they are.
const BARS: [char; 7] = ['▁', '▂', '▃', '▄', '▅', '▆', '█'];
/// Instead of the number of ratings that are not told.
const FEW: &str = "few";
/// Instead of a bar of nothing.
const NONE: char = '·';

/// All that the command says of a table.
pub fn output(table: &Table, days: &Days) -> String {
    let span = days.span();
    if table.lines().next().is_none() {
        return if table.is_incomplete { too_few(&span) } else { nothing(&span) };
    }
    let parts = [rows(table), notes(table), findings::text(table)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("What helped, {span} (UTC)\n\n{}", parts.join("\n"))
}

fn too_few(span: &str) -> String {
    format!(
        "There is nothing to show for {span} (UTC): fewer than {MIN_USERS} users are behind what was tallied.\n"
    )
}

fn nothing(span: &str) -> String {
    format!(
        "Nothing was tallied for {span} (UTC). Maybe\n\
         - the stack was deployed with the parameter Analytics switched off,\n\
         - nobody has used it on these days: --days N looks further back,\n\
         - or the local stack has only just started, and its table is empty.\n"
    )
}

/// What is not in the table, and why.
fn notes(table: &Table) -> String {
    let few_ratings = format!("Ratings of fewer than {MIN_USERS} users are not told: \"{FEW}\".\n");
    let others = format!("Rows of fewer than {MIN_USERS} users are added up as \"others\".\n");
    let incomplete = format!(
        "Some interactions are not shown, because fewer than {MIN_USERS} users are behind them.\n"
    );
    let notes = [
        (table.lines().any(|(_, totals)| totals.ratings().is_none()), few_ratings),
        (table.others.is_some(), others),
        (table.is_incomplete, incomplete),
    ];
    notes.into_iter().filter_map(|(applies, note)| applies.then_some(note)).collect()
}

fn rows(table: &Table) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(table.lines().map(|(kind, totals)| cells(kind, totals)));
    let mut widths = [0; COLUMNS];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in &lines {
        for ((cell, width), is_number) in line.iter().zip(widths).zip(IS_NUMBER) {
            let _ = if is_number {
                write!(text, "{cell:>width$}  ")
            } else {
                write!(text, "{cell:<width$}  ")
            };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

fn cells(kind: Option<&Kind>, totals: &Totals) -> [String; COLUMNS] {
    let dash = || "-".to_owned();
    let ratings = totals.ratings();
    let interval = ratings.and_then(Ratings::interval);
    let content_type = kind.map_or("(any)", |kind| kind.content_type.as_str());
    let notes = kind.map(|kind| kind.background.notes_version.to_string());
    [
        content_type.to_owned(),
        notes.unwrap_or_else(|| "(any)".to_owned()),
        kind.map_or_else(|| "others".to_owned(), |kind| background::name(kind.background)),
        totals.interactions.to_string(),
        ratings.map_or_else(|| FEW.to_owned(), |ratings| ratings.count.to_string()),
        ratings.and_then(Ratings::mean).map_or_else(dash, |mean| format!("{mean:.2}")),
        interval.map_or_else(dash, |(low, high)| format!("{low:.2} to {high:.2}")),
        ratings.map_or_else(dash, |ratings| bars(&ratings.distribution)),
        // There may be several users in a group.
        format!("≥ {}", totals.groups.len()),
    ]
}

/// How many ratings are near to each number, as bars; a dot where none is.
fn bars(distribution: &[u64; 6]) -> String {
    let most = u128::from(distribution.iter().copied().max().unwrap_or_default()).max(1);
    let highest = BARS.len() as u128 - 1;
    let bar = |count: &u64| {
        if *count == 0 {
            return NONE;
        }
        let share = u128::from(*count) * highest;
        // Only the most common rating has a full bar.
        let height = if share == most * highest { highest } else { share.div_ceil(most) - 1 };
        let found = usize::try_from(height).ok().and_then(|height| BARS.get(height));
        found.copied().unwrap_or(NONE)
    };
    distribution.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_high_as_its_share() {
        assert_eq!(bars(&[0; 6]), "······");
        assert_eq!(bars(&[0, 1, 300, 500, 1000, 0]), "·▁▂▃█·");
        assert_eq!(bars(&[u64::MAX; 6]), "██████");
    }
}
