//! A Rust file as the architecture rules see it. Code that is compiled for tests only is left out.

mod reader;

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::files;

/// One Rust file of the repository.
#[derive(Debug)]
pub struct Source {
    /// Path relative to the repository.
    pub file: String,
    /// Every path in the code, as its segments: `use a::{b, c}` has `a::b` and `a::c`.
    pub paths: Vec<Vec<String>>,
    /// The methods that it calls.
    pub methods: Vec<String>,
    /// The string literals, in order, without documentation.
    pub strings: Vec<String>,
    /// Each function's name and the number of its lines.
    pub functions: Vec<(String, usize)>,
    /// The lines of the whole file.
    pub lines: usize,
}

impl Source {
    /// Reads a file's text.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let syntax = syn::parse_file(text).with_context(|| format!("cannot read {file}"))?;
        let source = Self {
            file: file.to_owned(),
            paths: Vec::new(),
            methods: Vec::new(),
            strings: Vec::new(),
            functions: Vec::new(),
            lines: text.lines().count(),
        };
        Ok(reader::read(source, &syntax))
    }

    /// Whether the file consists of tests only.
    pub fn is_test(&self) -> bool {
        self.file.ends_with("/tests.rs")
            || self.file.ends_with("_tests.rs")
            || self.file.rsplit_once("/src/").is_none_or(|(_, inner)| inner.contains("tests/"))
                && self.file.contains("/tests/")
    }

    /// Whether it is code that is deployed: `shared` and the functions, without their tests.
    pub fn is_product(&self) -> bool {
        (self.file.starts_with("shared/src/") || self.file.starts_with("functions/"))
            && !self.is_test()
    }
}

/// Reads every Rust file of the repository.
pub fn read_all(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for file in files::list(root)? {
        if Path::new(&file).extension().is_some_and(|kind| kind == "rs")
            && let Some(text) = files::text(root, &file)?
        {
            sources.push(Source::parse(&file, &text)?);
        }
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Source {
        Source::parse("a.rs", text).unwrap()
    }

    fn paths(text: &str) -> Vec<String> {
        parse(text).paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn every_way_to_name_a_path_is_read() {
        assert_eq!(
            paths("use a::{b, c::{self, d as e}, f::*};"),
            ["a::b", "a::c", "a::c::d", "a::f"]
        );
        assert_eq!(paths("extern crate a as b;"), ["a"]);
        assert_eq!(paths("fn f(_: a::B<c::D>) {}"), ["a::B", "c::D"]);
        assert_eq!(paths("const A: u8 = ::b::C;"), ["u8", "b::C"]);
        assert_eq!(paths("m::n!(x, \"{}\", a::b(c), 1);"), ["m::n", "x", "a::b", "c"]);
    }

    #[test]
    fn methods_are_read_in_macros_too() {
        assert_eq!(parse("fn f() { a.b(); m!(c.d()) }").methods, ["b", "d"]);
    }

    #[test]
    fn comments_are_no_strings() {
        let source =
            parse("/// \"a\"\nfn f() { /* \"b\" */ g(\"c\", b\"d\", r#\"e\"f\"#); h!(\"i\") }");
        assert_eq!(source.strings, ["c", "d", "e\"f", "i"]);
    }

    #[test]
    fn what_only_tests_compile_is_left_out() {
        let source =
            parse("#[cfg(test)]\nuse a;\n#[cfg(test)]\nmod tests { fn f() { b() } }\nuse c;");
        assert_eq!(source.paths, [["c"]]);
        assert!(source.functions.is_empty());
    }

    #[test]
    fn the_lines_of_functions_are_counted() {
        let source = parse(
            "fn a() {}\nimpl B {\n    async fn c(\n        &self,\n    ) {\n        d()\n    }\n}\n",
        );
        assert_eq!(source.functions, [("a".to_owned(), 1), ("c".to_owned(), 5)]);
    }

    #[test]
    fn test_files_are_known_by_their_place() {
        let is_test = |file: &str| Source::parse(file, "").unwrap().is_test();
        assert!(is_test("shared/tests/notes.rs"));
        assert!(is_test("shared/src/store/tests.rs"));
        assert!(is_test("tests/e2e/tests/auth.rs"));
        assert!(!is_test("tests/harness/src/lib.rs"));
        assert!(!is_test("shared/src/store/read.rs"));
    }
}
