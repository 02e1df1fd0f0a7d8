//! What this package links: it compares files, so it needs no engine, no TLS and no server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use toml_edit::{DocumentMut, Table};

use crate::finding::Finding;

const FILE: &str = "Cargo.lock";
const PACKAGE: &str = "contract";
const TOO_HEAVY: [&str; 7] =
    ["harness", "hyper", "jsonschema", "libsqlite3-sys", "ring", "rustls", "tokio"];

/// Reports heavy packages among all that this one needs, however indirectly.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let Ok(text) = std::fs::read_to_string(root.join(FILE)) else {
        return Ok(Vec::new());
    };
    compare(&text)
}

fn compare(lock: &str) -> Result<Vec<Finding>> {
    let document: DocumentMut = lock.parse().context("Cargo.lock is not TOML")?;
    let packages = document.get("package").and_then(|item| item.as_array_of_tables());
    let packages: Vec<&Table> = packages.into_iter().flatten().collect();
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        let dependencies = package.get("dependencies").and_then(|item| item.as_array());
        let names = dependencies.into_iter().flatten().filter_map(|name| name.as_str());
        // The lock file adds a version where there are several.
        let names = names.filter_map(|name| name.split(' ').next());
        let own = package.get("name").and_then(|name| name.as_str()).unwrap_or_default();
        needs.entry(own).or_default().extend(names);
    }
    let (mut found, mut next) = (BTreeSet::new(), vec![PACKAGE]);
    while let Some(package) = next.pop() {
        let needed = needs.get(package).into_iter().flatten();
        next.extend(needed.filter(|name| found.insert(**name)));
    }
    let heavy = TOO_HEAVY.into_iter().filter(|name| found.contains(name));
    Ok(heavy
        .map(|name| {
            let says = format!("{PACKAGE} needs {name}, through whatever it depends on");
            Finding::new(FILE, says, "let it depend on what reads files only")
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_indirectly_is_found() {
        let lock = |needed: &str| {
            format!(
                "[[package]]\nname = \"contract\"\ndependencies = [\"a 1.0.0\"]\n\
                 [[package]]\nname = \"a\"\ndependencies = [\"{needed}\"]\n\
                 [[package]]\nname = \"b\"\ndependencies = [\"rustls\"]\n"
            )
        };
        assert_eq!(compare(&lock("hyper 1.0.0")).unwrap().len(), 1);
        assert_eq!(compare(&lock("b")).unwrap().len(), 1);
        assert_eq!(compare(&lock("c")).unwrap(), []);
    }
}
