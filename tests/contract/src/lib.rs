//! Compares the files that describe the endpoints with each other, and the code with its architecture.
//! `cargo xtask check` prints the findings; the tests of this package fail if there are any.

pub mod architecture;
pub mod cost;
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
pub mod stated;
pub mod translated;

use std::path::Path;

use anyhow::Result;

pub use finding::Finding;
pub use project::Project;
pub use rules::{check as rules_of, pascal_case, promises, word};

/// Every finding of every rule for the repository at `root`, sorted by file.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = match Project::read(root)? {
        Ok(project) => [rules::check(&project), promises(&project), costs(&project)].concat(),
        Err(unreadable) => vec![unreadable],
    };
    findings.extend(architecture::check(root)?);
    findings.extend(problems::check(root)?);
    findings.extend(references::check(root)?);
    findings.extend(stated::check(root)?);
    findings.sort();
    findings.dedup();
    Ok(findings)
}

/// The differences between the tables of sums and limits in docs and what they follow from.
pub fn costs(project: &Project) -> Vec<Finding> {
    match cost::Texts::read(&project.root) {
        Ok(texts) => cost::check(&project.template, &texts),
        Err(unreadable) => vec![unreadable],
    }
}

/// The differences between the files that describe the endpoints.
///
/// A file that can't be read is a finding too; the rules that need it do not run then.
pub fn agreement(root: &Path) -> Result<Vec<Finding>> {
    Ok(match Project::read(root)? {
        Ok(project) => rules::check(&project),
        Err(unreadable) => vec![unreadable],
    })
}
