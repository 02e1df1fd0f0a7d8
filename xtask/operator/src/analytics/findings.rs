//! Which differences are more than chance, in words.

use std::fmt::Write as _;

use super::background::users;
use super::compare::{self, Comparison, LEVEL, MIN_RATINGS, Question};
use super::merge::Table;
use super::row::{Kind, MIN_USERS};

/// What the test takes for granted.
const LIMITS: &str = "\
The test takes ratings as independent, and those of one user are not: where few users give many ratings, the
true p-values are larger. Not everybody rates, and backgrounds and notes differ in more than what was tallied:
a difference is no proof of its cause.
";

/// The differences that are more than chance, or that there are none, and how this is known.
pub fn text(table: &Table) -> String {
    let comparisons = compare::all(&table.rows);
    let (percent, count) = (LEVEL * 100.0, comparisons.len());
    let found: Vec<_> = comparisons.iter().filter(|one| one.is_more_than_chance()).collect();
    // Writing to a string does not fail.
    let mut text = String::new();
    let _ = if count == 0 {
        writeln!(
            text,
            "Nothing could be compared: it takes two rows of {MIN_RATINGS} ratings and {MIN_USERS} users that \
             differ in the\nbackground only or in the notes only, and ratings that are not all alike."
        )
    } else if found.is_empty() {
        writeln!(
            text,
            "No difference is more than chance (Welch's t-test, {percent} % after Holm's correction for {}).",
            number(count)
        )
    } else {
        writeln!(text, "More than chance, at {percent} %:")
    };
    for comparison in found {
        let _ = writeln!(text, "- {}", sentence(comparison, count));
    }
    if let Some(needed) = compare::needed(&table.rows, count) {
        let tens = (needed / 10.0).ceil() * 10.0;
        let _ = writeln!(
            text,
            "A difference of half a point is seen in four of five cases with about {tens} ratings on each side."
        );
    }
    if count > 0 {
        text.push_str(LIMITS);
    }
    text
}

/// Such as `chat, notes 1: Beginners with robotics rate 0.42 higher than all others (…)`.
fn sentence(comparison: &Comparison<'_>, count: usize) -> String {
    let Comparison { question, mean, against, p } = comparison;
    let (kind, others) = match question {
        Question::Others(kind) => (kind, "all others".to_owned()),
        Question::Notes(kind, before) => (kind, format!("with notes {before}")),
    };
    format!(
        "{}: {} rate {} than {others} ({mean:.2} against {against:.2}; Welch's t-test, {} after Holm's correction \
         for {})",
        place(kind),
        users(kind.background),
        distance(mean - against),
        probability(*p),
        number(count)
    )
}

/// Where something is found, such as `chat, notes 1`.
pub fn place(kind: &Kind) -> String {
    format!("{}, notes {}", kind.content_type.as_str(), kind.background.notes_version)
}

fn distance(difference: f64) -> String {
    let direction = if difference < 0.0 { "lower" } else { "higher" };
    if difference.abs() < 0.005 {
        format!("less than 0.01 {direction}")
    } else {
        format!("{:.2} {direction}", difference.abs())
    }
}

fn probability(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}

fn number(comparisons: usize) -> String {
    let ending = if comparisons == 1 { "" } else { "s" };
    format!("{comparisons} comparison{ending}")
}
