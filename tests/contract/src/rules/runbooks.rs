//! docs/operating.md: each runbook names the test that rehearses it, or says that none does.

use crate::finding::Finding;
use crate::project::Project;

const PAGE: &str = "docs/operating.md";

/// Reports each runbook that says neither.
pub fn check(project: &Project) -> Vec<Finding> {
    let page = std::fs::read_to_string(project.root.join(PAGE)).unwrap_or_default();
    let runbooks = page.split_once("\n## Runbooks\n").map_or("", |(_, runbooks)| runbooks);
    let runbooks = runbooks.split("\n### ").skip(1);
    let silent = runbooks.filter(|runbook| {
        let words: Vec<&str> = runbook.split_whitespace().collect();
        let words = words.join(" ");
        !["Tested by `", "ot rehearsed"].iter().any(|says| words.contains(says))
    });
    silent
        .map(|runbook| {
            let title = runbook.lines().next().unwrap_or_default();
            let says = format!("does not say what rehearses \"{title}\"");
            Finding::new(PAGE, says, "end it with `Tested by …`, or with what was not rehearsed")
        })
        .collect()
}
