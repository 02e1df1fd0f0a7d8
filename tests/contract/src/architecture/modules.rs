//! Which module of `shared` may use which: clock ← id, text ← model ← auth, store, assistant ← problem ← app ← http.

use crate::finding::Finding;
use crate::source::Source;
use std::collections::BTreeSet;

/// Each layer may use itself and those before it.
const LAYERS: [&[&str]; 6] = [
    &["clock", "digest", "id", "random", "text"],
    &["model"],
    &["auth", "store", "assistant", "config", "connection"],
    &["problem"],
    &["app"],
    &["http"],
];

/// Modules of one layer that know nothing of each other.
const STRANGERS: [(&str, &[&str]); 3] =
    [("assistant", &["auth", "store"]), ("auth", &["assistant"]), ("store", &["assistant"])];

/// Names every use that runs against the arrows, and modules that have no place in them.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        let Some(module) = module(&source.file).filter(|_| !source.is_test()) else {
            continue;
        };
        let Some(own) = layer(module) else {
            findings.push(Finding::new(
                &source.file,
                format!("the module `{module}` has no place among the arrows of shared/src/lib.rs"),
                "give it one there and in tests/contract/src/architecture/modules.rs",
            ));
            continue;
        };
        for used in uses(source) {
            let is_stranger = STRANGERS
                .iter()
                .any(|(one, others)| *one == module && others.contains(&used.as_str()));
            if is_stranger || layer(&used).is_some_and(|other| other > own) {
                findings.push(Finding::new(
                    &source.file,
                    format!("`{module}` uses `{used}`, against the arrows of shared/src/lib.rs"),
                    format!("let `{used}` use `{module}`, or move what both need below them"),
                ));
            }
        }
    }
    findings
}

/// The top module of a file of `shared`; lib.rs has none.
fn module(file: &str) -> Option<&str> {
    let inner = file.strip_prefix("shared/src/")?;
    let name = inner.split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (name != "lib").then_some(name)
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The top modules that follow `crate::` in a file.
fn uses(source: &Source) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, marker) in source.code.match_indices("crate::") {
        let rest = source.code.get(at + marker.len()..).unwrap_or_default().trim_start();
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads(group)),
            None => found.extend(identifier(rest)),
        }
    }
    found
}

/// The first names of `{a::b, c::{d, e}}`, given what follows the opening brace.
fn heads(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut expect = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expect = true,
            c if c.is_whitespace() => {}
            _ if expect && depth == 0 => {
                names.extend(identifier(group.get(at..).unwrap_or_default()));
                expect = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(file: &str, text: &str) -> usize {
        check(&[Source::parse(file, text)]).len()
    }

    #[test]
    fn arrows_point_one_way() {
        assert_eq!(findings("shared/src/model/a.rs", "use crate::id::UserId;"), 0);
        assert_eq!(findings("shared/src/model/a.rs", "use crate::store::Store;"), 1);
        assert_eq!(findings("shared/src/auth.rs", "use crate::store::Store;"), 0);
        assert_eq!(findings("shared/src/assistant/echo.rs", "use crate::store::Store;"), 1);
        assert_eq!(
            findings("shared/src/id.rs", "use crate::{clock::{Clock, http}, model::A, http};"),
            2
        );
    }

    #[test]
    fn a_new_module_needs_a_place() {
        assert_eq!(findings("shared/src/extra.rs", ""), 1);
        assert_eq!(findings("shared/src/lib.rs", "use crate::http;"), 0);
    }
}
