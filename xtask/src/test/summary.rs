//! The end of a test run.

use super::run::Outcome;
use crate::progress;
use std::process::ExitCode;

/// Prints a line for each stage, and the sums in the last line. A stage without tests of its own counts
/// as one.
pub fn print<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> ExitCode {
    let (mut passed, mut failed) = (0, 0);
    println!("\nSummary");
    for Outcome { name, result, time } in outcomes {
        let (word, tests) = match result {
            None => ("not run", String::new()),
            Some(Err(_)) => {
                failed += 1;
                ("FAILED", String::new())
            }
            Some(Ok(counts)) if counts.passed == 0 => {
                passed += 1;
                ("ok", String::new())
            }
            Some(Ok(counts)) => {
                passed += counts.passed;
                ("ok", format!("{} tests", counts.passed))
            }
        };
        let time = if result.is_some() { progress::duration(*time) } else { String::new() };
        println!("  {name:<12} {word:<8} {time:>13}  {tests}");
    }
    println!("\n{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
