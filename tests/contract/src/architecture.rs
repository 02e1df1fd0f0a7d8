//! What the code may name, and where: the invariants of docs/architecture.md that a text search can hold.

pub mod accessors;
pub mod boundaries;
pub mod modules;
pub mod sizes;
pub mod tracked;

use crate::finding::Finding;
use crate::source;
use anyhow::Result;
use std::path::Path;

/// Runs every architecture rule over the repository at `root`.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let sources = source::read_all(root)?;
    let mut findings = boundaries::check(&sources);
    findings.extend(accessors::check(&sources));
    findings.extend(modules::check(&sources));
    findings.extend(sizes::check(&sources));
    findings.extend(tracked::check(root)?);
    Ok(findings)
}
