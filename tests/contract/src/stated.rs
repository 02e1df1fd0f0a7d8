//! Figures in the documents. Each duration, size, length, share and sum of money has a source, listed page by
//! page in tests/bench/stated.toml, and is what its source says.

mod figure;
mod source;

use std::path::Path;

use anyhow::Result;
use toml_edit::{DocumentMut, Item};

use self::figure::Figure;
use self::source::Sources;
use crate::files;
use crate::finding::Finding;

/// Where each figure has its source.
pub const FILE: &str = "tests/bench/stated.toml";

/// Records of their day, and what `cargo xtask bench` and `cargo xtask load` print with a date.
const DATED: [&str; 2] = ["docs/decisions/", "docs/performance/"];

/// Reports each figure of a page that has no source, or that is not what its source says.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let list: DocumentMut = match std::fs::read_to_string(root.join(FILE)) {
        Ok(text) => match text.parse() {
            Ok(list) => list,
            Err(error) => return Ok(vec![unreadable(&error)]),
        },
        Err(error) => return Ok(vec![unreadable(&error)]),
    };
    let mut findings = Vec::new();
    let pages: Vec<String> = files::list(root)?.into_iter().filter(|file| is_page(file)).collect();
    for (name, _) in list.iter().filter(|(name, _)| !pages.iter().any(|page| page == name)) {
        findings.push(Finding::new(FILE, format!("names {name}, which is no page"), "remove it"));
    }
    let sources = Sources::new(root);
    for page in pages {
        let text = files::text(root, &page)?.unwrap_or_default();
        findings.extend(of_page(&page, &text, list.get(&page), &sources));
    }
    Ok(findings)
}

fn unreadable(error: &dyn std::fmt::Display) -> Finding {
    Finding::new(FILE, format!("can't be read: {error}"), "correct it")
}

fn is_page(file: &str) -> bool {
    let is_text = Path::new(file).extension().is_some_and(|kind| kind == "md");
    file == "README.md" || is_text && file.starts_with("docs/")
}

fn of_page(page: &str, text: &str, stated: Option<&Item>, sources: &Sources<'_>) -> Vec<Finding> {
    let mut rest = prose(text);
    let mut findings = Vec::new();
    let table = stated.and_then(Item::as_table_like);
    let mut stated: Vec<(&str, &Item)> =
        table.map(|table| table.iter().collect()).unwrap_or_default();
    // A text may contain a shorter one.
    stated.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
    for (text, source) in stated {
        if !rest.contains(text) {
            let says = format!("gives \"{text}\" for {page}, which does not say so");
            findings.push(Finding::new(FILE, says, "correct the text there or here"));
        }
        rest = rest.replace(text, "|");
        findings.extend(differences(page, text, source, sources));
    }
    if !DATED.iter().any(|dated| page.starts_with(dated)) {
        findings.extend(figure::all(&rest).into_iter().map(|figure| {
            let says = format!("says \"{figure}\" without a source");
            Finding::new(page, says, format!("name the source in {FILE}, or leave the figure out"))
        }));
    }
    findings
}

/// What is not what its source says.
fn differences(page: &str, text: &str, source: &Item, sources: &Sources<'_>) -> Vec<Finding> {
    let Some(figure) = Figure::read(text) else {
        return vec![Finding::new(FILE, format!("has no figure in \"{text}\""), "correct it")];
    };
    let list = source.as_array().map(|list| list.iter().filter_map(|one| one.as_str()).collect());
    let list: Vec<&str> = list.or_else(|| source.as_str().map(|one| vec![one])).unwrap_or_default();
    let mut findings = Vec::new();
    if list.is_empty() {
        findings.push(Finding::new(FILE, format!("has no source of \"{text}\""), "name one"));
    }
    for source in list {
        match sources.value(source) {
            Ok(value) if value.is_none_or(|value| figure.is(value)) => {}
            Ok(value) => {
                let value = value.unwrap_or_default();
                let says = format!("says \"{text}\", but {source} is {value}");
                findings.push(Finding::new(page, says, "correct the text there, and here"));
            }
            Err(says) => findings.push(Finding::new(FILE, says, "name the source as it is")),
        }
    }
    findings
}

/// A page without code and without what is generated, in one line.
fn prose(text: &str) -> String {
    let mut words = Vec::new();
    // How the part ends that is left out.
    let mut end: Option<String> = None;
    for line in text.lines().map(str::trim) {
        let mark = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->"));
        match &end {
            Some(last) if line == last => end = None,
            Some(_) => {}
            None if line.starts_with("```") => end = Some("```".to_owned()),
            None => match mark {
                Some(name) => end = Some(format!("<!-- /{name} -->")),
                None => words.extend(line.split_whitespace()),
            },
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_generated_tables_are_no_prose() {
        let text = "One\n two.\n\n- a:\n  ```sh\n  b\n  ```\n<!-- c -->\nd\n<!-- /c -->\ne\n";
        assert_eq!(prose(text), "One two. - a: e");
    }
}
