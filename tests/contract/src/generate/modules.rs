//! The order of modules, as readers see it in two files.

use std::path::Path;

use crate::architecture::modules::ORDER;

/// The two files, and the beginning of their lines.
pub const FILES: [(&str, &str); 2] = [("shared/src/lib.rs", "//! "), ("docs/architecture.md", "")];

const OPEN: &str = "<!-- modules -->";
const CLOSE: &str = "<!-- /modules -->";
const NAMES_PER_LINE: usize = 7;

/// The file's text, and that text with the generated lines. `None` without the file; the inner `None`
/// without the marks around the lines.
pub fn rewrite(root: &Path, file: &str, prefix: &str) -> Option<(String, Option<String>)> {
    let text = std::fs::read_to_string(root.join(file)).ok()?;
    let rewritten = text.split_once(OPEN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(CLOSE)?;
        Some(format!("{before}{OPEN}\n{}{prefix}{CLOSE}{after}", lines(prefix)))
    });
    Some((text, rewritten))
}

fn lines(prefix: &str) -> String {
    let names: Vec<String> = ORDER.chunks(NAMES_PER_LINE).map(|names| names.join(" ← ")).collect();
    let names = names.join(&format!(" ←\n{prefix}"));
    format!("{prefix}```text\n{prefix}{names}\n{prefix}```\n")
}
