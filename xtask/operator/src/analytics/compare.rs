//! Which rows are compared, and what comes of it.

use statrs::distribution::{ContinuousCDF, Normal};

use super::holm;
use super::ratings::{Ratings, float};
use super::row::{Kind, Row};
use super::welch;

/// Rows of fewer ratings are not compared.
pub const MIN_RATINGS: u64 = 20;
/// A difference is more than chance if chance makes one in fewer than 5 % of such runs.
pub const LEVEL: f64 = 0.05;
/// How often a difference that is there should be seen.
const POWER: f64 = 0.8;
/// The difference that one would like to see: half a point.
const DIFFERENCE: f64 = 0.5;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question<'a> {
    /// Whether a background rates otherwise than with these earlier notes.
    Notes(&'a Kind, u32),
    /// Whether a background rates otherwise than all others of the same content type and notes.
    Others(&'a Kind),
}

/// Two means and whether they differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison<'a> {
    /// What was asked.
    pub question: Question<'a>,
    /// The mean of the background that was asked about.
    pub mean: f64,
    /// What it is compared with.
    pub against: f64,
    /// The p-value after the correction.
    pub p: f64,
}

impl Comparison<'_> {
    /// Whether the difference is more than chance.
    pub fn is_more_than_chance(&self) -> bool {
        self.p <= LEVEL
    }
}

/// All comparisons that the rows allow. Only what the table shows is compared, since a mean of more would
/// tell about the rest.
pub fn all(rows: &[Row]) -> Vec<Comparison<'_>> {
    let mut comparisons: Vec<Comparison<'_>> = rows
        .iter()
        .enumerate()
        .flat_map(|(at, row)| [with_notes_before(rows, at, row), with_others(rows, at, row)])
        .flatten()
        .collect();
    let p_values: Vec<f64> = comparisons.iter().map(|comparison| comparison.p).collect();
    for (comparison, p) in comparisons.iter_mut().zip(holm::corrected(&p_values)) {
        comparison.p = p;
    }
    comparisons
}

fn with_notes_before<'a>(rows: &'a [Row], at: usize, row: &'a Row) -> Option<Comparison<'a>> {
    let mut earlier = rows.iter().take(at).rev().filter(|other| {
        other.kind.is_same_background(&row.kind) && other.totals.ratings().is_some_and(is_enough)
    });
    let before = earlier.next()?;
    let question = Question::Notes(&row.kind, before.kind.background.notes_version);
    compare(question, row.totals.ratings()?, before.totals.ratings()?)
}

fn with_others<'a>(rows: &'a [Row], at: usize, row: &'a Row) -> Option<Comparison<'a>> {
    let is_other = |other: &Row| other.kind != row.kind && other.kind.is_beside(&row.kind);
    let mut others = Ratings::default();
    let (mut count, mut is_last) = (0, true);
    for (place, other) in rows.iter().enumerate().filter(|(_, other)| is_other(other)) {
        let Some(ratings) = other.totals.ratings() else { continue };
        others.add(ratings);
        count += 1;
        is_last &= place < at;
    }
    // Of two backgrounds the first is compared with the second: the reverse is the same comparison.
    if count == 1 && is_last {
        return None;
    }
    compare(Question::Others(&row.kind), row.totals.ratings()?, &others)
}

fn compare<'a>(
    question: Question<'a>,
    ratings: &Ratings,
    against: &Ratings,
) -> Option<Comparison<'a>> {
    if !is_enough(ratings) || !is_enough(against) {
        return None;
    }
    let p = welch::p_value(ratings, against)?;
    Some(Comparison { question, mean: ratings.mean()?, against: against.mean()?, p })
}

fn is_enough(ratings: &Ratings) -> bool {
    ratings.count >= MIN_RATINGS
}

/// About how many ratings on each side show a difference of half a point in four of five cases, by the
/// variance in the rows and with the correction for so many comparisons. `None` if nothing varies.
pub fn needed(rows: &[Row], comparisons: usize) -> Option<f64> {
    let (mut squares, mut freedom) = (0.0, 0.0);
    for ratings in rows.iter().filter_map(|row| row.totals.ratings()) {
        squares += ratings.variance()? * (ratings.count() - 1.0);
        freedom += ratings.count() - 1.0;
    }
    let variance = Some(squares / freedom).filter(|variance| *variance > 0.0)?;
    let normal = Normal::new(0.0, 1.0).ok()?;
    let level = LEVEL / float(comparisons.max(1) as u64);
    let distance = normal.inverse_cdf(1.0 - level / 2.0) + normal.inverse_cdf(POWER);
    let needed = 2.0 * variance * (distance / DIFFERENCE).powi(2);
    Some(needed.max(float(MIN_RATINGS))).filter(|needed| needed.is_finite())
}
