//! Versions of programs.

use std::process::Command;

/// Major, minor, patch.
pub type Version = [u32; 3];

/// What a program says of itself; `None` if it can't be started.
pub fn of(program: &mut Command) -> Option<Version> {
    let output = program.output().ok()?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// As people write it.
pub fn text([major, minor, patch]: Version) -> String {
    format!("{major}.{minor}.{patch}")
}

/// Reads `cargo-lambda 1.9.2 (build info)`, `SAM CLI, version 1.170.0`.
fn parse(text: &str) -> Option<Version> {
    let mut numbers = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?
        .split('.')
        .map_while(|part| part.parse().ok());
    Some([numbers.next()?, numbers.next()?, numbers.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_number_by_number() {
        assert_eq!(parse("cargo-lambda 1.9.2 (abc 2026-01-01Z)"), Some([1, 9, 2]));
        assert_eq!(parse("SAM CLI, version 1.170.0"), Some([1, 170, 0]));
        assert_eq!(parse("cargo lambda"), None);
        assert!(parse("cargo-lambda 1.10.0") > Some([1, 9, 2]));
    }
}
