//! A Rust file as the architecture rules see it: code and string literals apart, comments and test modules gone.

use crate::files;
use anyhow::Result;
use std::path::Path;

/// One Rust file of the repository.
#[derive(Debug)]
pub struct Source {
    /// Path relative to the repository.
    pub file: String,
    /// The text without comments, with emptied string literals.
    pub code: String,
    /// The string literals, in order.
    pub strings: Vec<String>,
    /// The text as it is, without the test module at its end.
    pub text: String,
}

impl Source {
    /// Splits a file's text; what follows `#[cfg(test)] mod name {` is left out.
    pub fn parse(file: &str, text: &str) -> Self {
        let text = without_test_module(text);
        let (code, strings) = split(text);
        Self { file: file.to_owned(), code, strings, text: text.to_owned() }
    }

    /// Whether the file holds tests only.
    pub fn is_test(&self) -> bool {
        self.file.ends_with("/tests.rs")
            || self.file.ends_with("_tests.rs")
            || self.file.rsplit_once("/src/").is_none_or(|(_, inner)| inner.contains("tests/"))
                && self.file.contains("/tests/")
    }
}

/// Reads every Rust file of the repository.
pub fn read_all(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for file in files::list(root)? {
        if Path::new(&file).extension().is_some_and(|kind| kind == "rs")
            && let Some(text) = files::text(root, &file)?
        {
            sources.push(Source::parse(&file, &text));
        }
    }
    Ok(sources)
}

fn without_test_module(text: &str) -> &str {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("#[cfg(test)]")) {
        let start = from + found;
        let after = text.get(start + "#[cfg(test)]".len()..).unwrap_or_default();
        let item =
            after.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#["));
        if item.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{')) {
            return text.get(..start).unwrap_or(text);
        }
        from = start + 1;
    }
    text
}

/// Walks the text once; `rest` always begins at the next token.
fn split(text: &str) -> (String, Vec<String>) {
    let mut code = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| tail(rest, end));
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| tail(rest, end + 2));
        } else if let Some(hashes) = raw_string(rest, &code) {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = tail(rest, hashes + 2);
            let end = body.find(&close).unwrap_or(body.len());
            strings.push(body.get(..end).unwrap_or_default().to_owned());
            code.push_str("\"\"");
            rest = tail(body, end + close.len());
        } else if next == '"' {
            let body = tail(rest, 1);
            let end = closing_quote(body);
            strings.push(body.get(..end).unwrap_or_default().to_owned());
            code.push_str("\"\"");
            rest = tail(body, end + 1);
        } else if let Some(length) = char_literal(rest) {
            code.push_str("' '");
            rest = tail(rest, length);
        } else {
            code.push(next);
            rest = tail(rest, next.len_utf8());
        }
    }
    (code, strings)
}

fn tail(text: &str, from: usize) -> &str {
    text.get(from..).unwrap_or_default()
}

/// The number of `#` of a raw string that begins here.
fn raw_string(rest: &str, before: &str) -> Option<usize> {
    let in_word = before.chars().last().is_some_and(|c| c.is_alphanumeric() || c == '_');
    let after = rest.strip_prefix('r').filter(|_| !in_word)?;
    let hashes = after.chars().take_while(|c| *c == '#').count();
    tail(after, hashes).starts_with('"').then_some(hashes)
}

fn closing_quote(body: &str) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    body.len()
}

/// The length of a character literal that begins here; a lifetime is none.
fn char_literal(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    let mut chars = body.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        chars.next();
        return chars.find(|(_, c)| *c == '\'').map(|(at, _)| at + 2);
    }
    chars.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_no_code() {
        let source = Source::parse(
            "a.rs",
            "// env::var\nlet a = \"x \\\" // y\"; /* b */ let c = '\"'; let d = r#\"q\"r\"#; f::<'a>(b\"z\");",
        );
        assert_eq!(source.strings, ["x \\\" // y", "q\"r", "z"]);
        assert!(!source.code.contains("env") && !source.code.contains(" b "));
        assert!(source.code.contains("f::<'a>(b\"\")"));
    }

    #[test]
    fn the_test_module_at_the_end_is_left_out() {
        let source = Source::parse(
            "a.rs",
            "#[cfg(test)]\nuse x;\nfn a() {}\n#[cfg(test)]\nmod tests {\n  env\n}\n",
        );
        assert_eq!(source.text, "#[cfg(test)]\nuse x;\nfn a() {}\n");
    }

    #[test]
    fn test_files_are_known_by_their_place() {
        let is_test = |file: &str| Source::parse(file, "").is_test();
        assert!(is_test("shared/tests/notes.rs"));
        assert!(is_test("shared/src/store/tests.rs"));
        assert!(is_test("tests/e2e/tests/auth.rs"));
        assert!(!is_test("tests/harness/src/lib.rs"));
        assert!(!is_test("shared/src/store/mod.rs"));
    }
}
