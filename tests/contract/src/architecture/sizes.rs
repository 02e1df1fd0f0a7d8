//! Files and functions that can be read in one go.

use crate::finding::Finding;
use crate::source::Source;

/// Maximum lines of a Rust file, with its tests.
pub const MAX_LINES: usize = 300;

/// Where functions are short too: there are many steps and cases.
const STEPS: [&str; 2] = ["shared/src/app/chat", "shared/src/placement"];

/// Maximum lines of a function there.
const MAX_LINES_OF_STEP: usize = 40;

/// Reports every file and every function above its limit.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().flat_map(|source| file(source).into_iter().chain(functions(source))).collect()
}

fn file(source: &Source) -> Option<Finding> {
    let says = format!("has {} lines, more than {MAX_LINES}", source.lines);
    (source.lines > MAX_LINES).then(|| Finding::new(&source.file, says, "split it by duty"))
}

fn functions(source: &Source) -> impl Iterator<Item = Finding> {
    let is_step = STEPS.iter().any(|steps| source.file.starts_with(steps)) && !source.is_test();
    let long = move |(_, lines): &&(String, usize)| is_step && *lines > MAX_LINES_OF_STEP;
    source.functions.iter().filter(long).map(|(name, lines)| {
        let says = format!("`{name}` has {lines} lines, more than {MAX_LINES_OF_STEP}");
        Finding::new(&source.file, says, "give each of its steps a function of its own")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_and_long_steps_are_found() {
        let found = |file: &str, text: &str| check(&[Source::parse(file, text).unwrap()]).len();
        let function = |lines: usize| format!("fn f() {{\n{}}}\n", "g();\n".repeat(lines - 2));
        assert_eq!(found("shared/src/app/chat/start.rs", &function(MAX_LINES_OF_STEP)), 0);
        assert_eq!(found("shared/src/app/chat/start.rs", &function(MAX_LINES_OF_STEP + 1)), 1);
        assert_eq!(found("shared/src/app/sign_in.rs", &function(MAX_LINES_OF_STEP + 1)), 0);
        assert_eq!(found("tests/e2e/tests/it/chat.rs", &"\n".repeat(MAX_LINES)), 0);
        assert_eq!(found("tests/e2e/tests/it/chat.rs", &"\n".repeat(MAX_LINES + 1)), 1);
    }
}
