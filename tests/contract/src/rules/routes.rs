//! docs/routes.md: its table is the generated one.

use crate::finding::Finding;
use crate::generate::routes::{self, FILE};
use crate::project::Project;

/// Compares the text between the markers with what `--fix` would write.
pub fn check(project: &Project) -> Vec<Finding> {
    let Some(found) = routes::region(&project.routes) else {
        return vec![Finding::new(
            FILE,
            format!("has no table of routes between {} and {}", routes::OPEN, routes::CLOSE),
            "add the two markers, then run `cargo xtask check --fix`",
        )];
    };
    let expected = routes::table(project);
    let lines = |text: &str| -> Vec<String> { text.trim().lines().map(str::to_owned).collect() };
    let (found, expected) = (lines(found), lines(&expected));
    let missing = expected.iter().filter(|line| !found.contains(line));
    let extra = found.iter().filter(|line| !expected.contains(line));
    let mut findings: Vec<Finding> = missing
        .map(|line| ("lacks", line))
        .chain(extra.map(|line| ("has out of date", line)))
        .map(|(verb, line)| {
            Finding::new(
                FILE,
                format!("the table of routes {verb}: {line}"),
                "run `cargo xtask check --fix`",
            )
        })
        .collect();
    if findings.is_empty() && found != expected {
        findings.push(Finding::new(
            FILE,
            "the table of routes is out of order",
            "run `cargo xtask check --fix`",
        ));
    }
    findings
}
