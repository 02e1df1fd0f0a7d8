//! The rules of docs/architecture.md for code that neither the compiler nor clippy can check.
//! `shared/clippy.toml` has those that clippy can.

pub mod accessors;
pub mod boundaries;
mod circles;
mod links;
mod lints;
pub mod modules;
pub mod sizes;
pub mod tracked;

use std::path::Path;

use anyhow::Result;

use crate::finding::Finding;
use crate::source;

/// Runs every architecture rule over the repository at `root`.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let sources = source::read_all(root)?;
    let mut findings = boundaries::check(&sources);
    findings.extend(accessors::check(&sources));
    findings.extend(modules::check(&sources));
    findings.extend(sizes::check(&sources));
    findings.extend(modules::shown(root));
    findings.extend(circles::check(&sources));
    findings.extend(lints::check(root));
    findings.extend(links::check(root)?);
    findings.extend(tracked::check(root)?);
    Ok(findings)
}
