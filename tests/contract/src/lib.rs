//! Holds the files that describe the endpoints to one another, and the code to its architecture.
//! `cargo xtask check` prints what is found here; the tests of this package fail on it.

pub mod architecture;
pub mod files;
pub mod finding;
pub mod fix;
mod generate;
pub mod openapi;
pub mod package;
pub mod problems;
pub mod project;
pub mod references;
mod rules;
pub mod source;
pub mod translated;

pub use finding::Finding;
pub use project::Project;
pub use rules::{pascal_case, word};

use anyhow::Result;
use std::path::Path;

/// Every finding of every rule for the repository at `root`, sorted by file.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = agreement(root)?;
    findings.extend(architecture::check(root)?);
    findings.extend(problems::check(root)?);
    findings.extend(references::check(root)?);
    findings.sort();
    findings.dedup();
    Ok(findings)
}

/// What the files that describe the endpoints disagree about.
///
/// A file that can't be read at all is a finding too, and the rules that need it are left out.
pub fn agreement(root: &Path) -> Result<Vec<Finding>> {
    Ok(match Project::read(root)? {
        Ok(project) => rules::check(&project),
        Err(unreadable) => vec![unreadable],
    })
}
