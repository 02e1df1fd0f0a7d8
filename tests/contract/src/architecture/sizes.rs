//! Files stay small enough to be read in one go.

use crate::finding::Finding;
use crate::source::Source;

/// The most lines that a Rust file may have, its test module apart.
pub const MOST_LINES: usize = 300;

/// Names every file above the limit; files of tests have none.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| !source.is_test())
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(source, lines)| {
            Finding::new(
                &source.file,
                format!("has {lines} lines, more than {MOST_LINES}"),
                "split it by duty",
            )
        })
        .collect()
}
