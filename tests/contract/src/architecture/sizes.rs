//! Files stay small enough to be read in one go.

use crate::finding::Finding;
use crate::source::Source;

/// Maximum lines of a Rust file.
pub const MAX_LINES: usize = 300;

/// Reports every file above the limit; files of tests have none.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let long = |source: &&Source| !source.is_test() && source.lines > MAX_LINES;
    let finding = |source: &Source| {
        let says = format!("has {} lines, more than {MAX_LINES}", source.lines);
        Finding::new(&source.file, says, "split it by duty")
    };
    sources.iter().filter(long).map(finding).collect()
}
