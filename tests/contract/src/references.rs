//! Links and names of tests in the documents lead somewhere.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use crate::files;
use crate::finding::Finding;

/// Begins the list of an invariant's tests; the list ends with its paragraph.
const TESTED_BY: &str = "Tested by ";

/// Reports every link to a missing file or heading, and every named test that no Rust file has.
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
        for target in links(text).filter(|target| !leads(root, file, target, &documents)) {
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

/// The targets of Markdown links within the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    targets.filter(|target| !target.is_empty() && !target.contains("://"))
}

/// Whether a link leads to a file, and to one of its headings if it names one.
fn leads(root: &Path, document: &str, target: &str, documents: &[(&String, String)]) -> bool {
    let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { PathBuf::from(document) } else { followed(document, file) };
    let text = documents.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| text);
    match text {
        Some(text) if !fragment.is_empty() => headings(text).any(|slug| slug == fragment),
        _ => root.join(path).exists(),
    }
}

fn followed(document: &str, file: &str) -> PathBuf {
    let mut path = PathBuf::from(document);
    path.pop();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}

/// The fragments by which headings are linked: lower case, hyphens for spaces, no punctuation.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let titles = text.lines().filter(|line| line.starts_with('#'));
    titles.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        title.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    })
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
        assert_eq!(links(text).collect::<Vec<_>>(), ["b.md#c"]);
        assert_eq!(tested_by(text), ["g", "h"]);
        assert_eq!(functions("fn g() {}\nasync fn h(x: u8) {}").collect::<Vec<_>>(), ["g", "h"]);
    }

    #[test]
    fn a_link_is_followed_from_its_document_to_its_heading() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (name, text) =
            ("docs/a.md".to_owned(), "# One\n\n## What `b` does, and why\n".to_owned());
        let documents = [(&name, text)];
        let leads = |document, target| leads(root, document, target, &documents);
        assert!(leads("src/rules/events.rs", "../lib.rs"));
        assert!(!leads("src/rules/events.rs", "lib.rs"));
        assert!(leads("README.md", "docs/a.md#what-b-does-and-why"));
        assert!(leads("docs/a.md", "#one"));
        assert!(!leads("docs/a.md", "#two"));
        assert!(!leads("README.md", "docs/a.md#two"));
    }
}
