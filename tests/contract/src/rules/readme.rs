//! README.md: its table of routes is the generated one.

use crate::finding::Finding;
use crate::generate::readme;
use crate::project::Project;

const FILE: &str = "README.md";

/// Compares the text between the markers with what `--fix` would write.
pub fn check(project: &Project) -> Vec<Finding> {
    let Some(found) = readme::region(&project.readme) else {
        return vec![Finding::new(
            FILE,
            format!("has no table of routes between {} and {}", readme::OPEN, readme::CLOSE),
            "add the two markers, then run `cargo xtask check --fix`",
        )];
    };
    let expected = readme::table(project);
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
