//! cargo-lambda: found on the PATH, or installed from its Python package, which contains the program.

use super::venv;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// The version that is installed, and the oldest that is taken from the PATH.
const VERSION: [u32; 3] = [1, 9, 2];

/// The program's path. Options of `cargo lambda watch` that are used here came with 1.9.
pub async fn find_or_install() -> Result<PathBuf> {
    let on_path = PathBuf::from("cargo-lambda");
    if version(&on_path).is_some_and(|found| found >= VERSION) {
        return Ok(on_path);
    }
    let [major, minor, patch] = VERSION;
    let package = format!("cargo-lambda=={major}.{minor}.{patch}");
    // Its one dependency is a compiler for other processors, which nothing here needs.
    let programs = venv::with("cargo-lambda", &[&package], &["--no-deps"]).await?;
    Ok(programs.join("cargo-lambda"))
}

fn version(program: &PathBuf) -> Option<[u32; 3]> {
    let output = Command::new(program).args(["lambda", "--version"]).output().ok()?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `cargo-lambda 1.9.2 (build info)`.
fn parse(text: &str) -> Option<[u32; 3]> {
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
        assert_eq!(parse("cargo lambda"), None);
        assert!(parse("cargo-lambda 1.10.0") > Some(VERSION));
    }
}
