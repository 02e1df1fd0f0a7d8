//! Links and names of tests in the documents lead somewhere.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use crate::files;
use crate::finding::Finding;

/// Begins the list of an invariant's tests; the list ends with its paragraph.
const TESTED_BY: &str = "Tested by ";

/// Reports every link to a missing file, and every named test that no Rust file has.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let files = files::list(root)?;
    let mut tests = BTreeSet::new();
    let mut documents = Vec::new();
    for file in &files {
        let kind = Path::new(file).extension().and_then(|kind| kind.to_str());
        match (kind, files::text(root, file)?) {
            (Some("rs"), Some(text)) => tests.extend(functions(&text).map(str::to_owned)),
            (Some("md"), Some(text)) => documents.push((file, text)),
            _ => {}
        }
    }
    let mut findings = Vec::new();
    for (file, text) in &documents {
        for target in links(text).filter(|target| !exists(root, file, target)) {
            let says = format!("links to {target}, which is not there");
            findings.push(Finding::new(file.as_str(), says, "correct the link"));
        }
        for name in tested_by(text).into_iter().filter(|name| !tests.contains(name)) {
            let says = format!("names the test {name}, which is not there");
            findings.push(Finding::new(file.as_str(), says, "name the test that does this now"));
        }
    }
    Ok(findings)
}

fn functions(text: &str) -> impl Iterator<Item = &str> {
    text.split("fn ").skip(1).filter_map(|rest| Some(rest.split_once('(')?.0))
}

/// The targets of Markdown links within the repository, without their fragments.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    let targets = targets.filter_map(|target| target.split('#').next());
    targets.filter(|target| !target.is_empty() && !target.contains("://"))
}

fn exists(root: &Path, document: &str, target: &str) -> bool {
    let mut path = PathBuf::from(document);
    path.pop();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    root.join(path).exists()
}

/// The names in backticks after [`TESTED_BY`], wherever the lines break.
fn tested_by(text: &str) -> Vec<String> {
    let mut tests = Vec::new();
    for paragraph in text.split("\n\n") {
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        let words = words.join(" ");
        let names = words.split_once(TESTED_BY).map_or("", |(_, names)| names);
        tests.extend(names.split('`').skip(1).step_by(2).map(str::to_owned));
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_tests_are_found_in_a_document() {
        let text =
            "See [a](b.md#c), [d](https://e) and `f`.\n\nSo it is. Tested\nby `g`,\n`h`.\n\n`i`";
        assert_eq!(links(text).collect::<Vec<_>>(), ["b.md"]);
        assert_eq!(tested_by(text), ["g", "h"]);
        assert_eq!(functions("fn g() {}\nasync fn h(x: u8) {}").collect::<Vec<_>>(), ["g", "h"]);
    }

    #[test]
    fn a_link_is_followed_from_its_document() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(exists(root, "src/rules/events.rs", "../lib.rs"));
        assert!(!exists(root, "src/rules/events.rs", "lib.rs"));
    }
}
