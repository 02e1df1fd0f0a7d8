//! The settings of clippy: it reads the nearest clippy.toml only, so each must say everything.

use std::path::Path;

use crate::finding::Finding;

const ALL: &str = "clippy.toml";
const SHARED: &str = "shared/clippy.toml";
const FUNCTIONS: &str = "functions/clippy.toml";

/// Checks that the product's settings begin with those of all code, and that both of its files agree.
pub fn check(root: &Path) -> Vec<Finding> {
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_default();
    let (all, shared, functions) = (read(ALL), read(SHARED), read(FUNCTIONS));
    let mut findings = Vec::new();
    if !shared.starts_with(&all) {
        let says = format!("does not begin with the text of {ALL}");
        findings.push(Finding::new(SHARED, says, format!("copy {ALL} to its beginning")));
    }
    if functions != shared {
        let says = format!("differs from {SHARED}");
        findings.push(Finding::new(FUNCTIONS, says, format!("copy {SHARED} to it")));
    }
    findings
}
