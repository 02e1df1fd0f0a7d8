//! Which module of `shared` may use which.

use std::collections::BTreeSet;
use std::path::Path;

use crate::finding::Finding;
use crate::generate::modules;
use crate::source::Source;

/// Each module may use itself and those before it. The lines in shared/src/lib.rs and
/// docs/architecture.md are made from this list.
pub const ORDER: [&str; 19] = [
    "causes",
    "clock",
    "log",
    "digest",
    "random",
    "id",
    "text",
    "model",
    "placement",
    "auth",
    "config",
    "connection",
    "assistant",
    "mail",
    "provider",
    "store",
    "problem",
    "app",
    "http",
];

/// A module that knows nothing of one before it.
const STRANGERS: [(&str, &str); 10] = [
    ("assistant", "auth"),
    ("mail", "assistant"),
    ("provider", "assistant"),
    ("provider", "mail"),
    ("store", "assistant"),
    ("store", "mail"),
    ("store", "provider"),
    // A function that uses these modules would link the client of SES.
    ("problem", "mail"),
    ("app", "mail"),
    ("http", "mail"),
];

/// Reports every use of a later module, every `super::super`, and modules without a place.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sources.iter().filter_map(climb).collect();
    for source in sources.iter().filter(|source| !source.is_test()) {
        let Some(module) = module(&source.file) else {
            continue;
        };
        let Some(own) = place(module) else {
            findings.push(Finding::new(
                &source.file,
                format!("the module `{module}` has no place in the order of modules"),
                "give it one in tests/contract/src/architecture/modules.rs",
            ));
            continue;
        };
        for used in uses(source) {
            let is_later = place(used).is_some_and(|other| other > own);
            if is_later || STRANGERS.contains(&(module, used)) {
                findings.push(Finding::new(
                    &source.file,
                    format!("`{module}` uses `{used}`, which it may not (shared/src/lib.rs)"),
                    format!("let `{used}` use `{module}`, or move what both need before them"),
                ));
            }
        }
    }
    findings
}

/// Compares the lines that show the order with the order.
pub fn shown(root: &Path) -> Vec<Finding> {
    let differs = |(file, prefix): (&str, &str)| {
        let (text, expected) = modules::rewrite(root, file, prefix)?;
        let (says, remedy) = match expected {
            None => {
                ("has no mark for the order of modules", "write <!-- modules --> <!-- /modules -->")
            }
            Some(expected) if expected != text => {
                ("shows another order of modules", "run `cargo xtask check --fix`")
            }
            Some(_) => return None,
        };
        Some(Finding::new(file, says, remedy))
    };
    modules::FILES.into_iter().filter_map(differs).collect()
}

/// The top module of a file of `shared`; lib.rs has none.
fn module(file: &str) -> Option<&str> {
    let inner = file.strip_prefix("shared/src/")?;
    let name = inner.split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (name != "lib").then_some(name)
}

fn place(module: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == module)
}

/// The top modules that a file names. In a top module's own file, `super` is the crate.
fn uses(source: &Source) -> BTreeSet<&str> {
    let is_top = source.file.matches('/').count() == 2;
    let paths = source.paths.iter().filter_map(|path| match path.as_slice() {
        [first, second, ..] if first == "crate" || is_top && first == "super" => {
            Some(second.as_str())
        }
        _ => None,
    });
    paths.collect()
}

fn climb(source: &Source) -> Option<Finding> {
    let climbs = |path: &&Vec<String>| matches!(path.as_slice(), [one, two, ..] if one == "super" && two == "super");
    let path = source.paths.iter().find(climbs)?;
    Some(Finding::new(
        &source.file,
        format!("names `{}`, which says little about where that is", path.join("::")),
        "write the path from `crate`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(file: &str, text: &str) -> usize {
        check(&[Source::parse(file, text).unwrap()]).len()
    }

    #[test]
    fn a_module_uses_those_before_it() {
        assert_eq!(findings("shared/src/model/a.rs", "use crate::id::UserId;"), 0);
        assert_eq!(findings("shared/src/model/a.rs", "use crate::store::Store;"), 1);
        assert_eq!(findings("shared/src/auth.rs", "use crate::store::Store;"), 1);
        assert_eq!(findings("shared/src/store.rs", "use crate::auth::Proof;"), 0);
        assert_eq!(findings("shared/src/assistant/echo.rs", "use crate::store::Store;"), 1);
        assert_eq!(findings("shared/src/assistant/echo.rs", "use crate::auth::Proof;"), 1);
        assert_eq!(findings("shared/src/app/sign_up.rs", "use crate::mail::Mailer;"), 1);
        assert_eq!(findings("shared/src/id.rs", "fn f() { super::http::serve() }"), 1);
        let several = "use crate::{clock::{Clock, http}, model::A, http};";
        assert_eq!(findings("shared/src/id.rs", several), 2);
        assert_eq!(findings("shared/src/id.rs", "fn f() { m!(crate::http::serve()) }"), 1);
    }

    #[test]
    fn a_new_module_needs_a_place() {
        assert_eq!(findings("shared/src/extra.rs", ""), 1);
        assert_eq!(findings("shared/src/lib.rs", "use crate::http;"), 0);
    }

    #[test]
    fn a_path_climbs_by_one_step_only() {
        assert_eq!(findings("shared/src/store/a/b.rs", "use super::super::Error;"), 1);
        assert_eq!(findings("tests/e2e/src/a/b.rs", "use super::super::Error;"), 1);
        assert_eq!(findings("shared/src/store/a/b.rs", "use super::Error;"), 0);
    }
}
