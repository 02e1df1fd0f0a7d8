//! Figures in the documents, and where they come from.

use contract::stated;

use crate::sample::Sample;

const PAGE: &str = "# Chat\n\nA joined reply ends after 20 seconds, and costs $3.\n";
const CONSTANTS: &str = "const SILENCE: Duration = Duration::from_secs(20);\n";
const SOURCES: &str = "[\"docs/chat.md\"]\n\"20 seconds\" = \"shared/src/follow.rs SILENCE\"\n\
                       \"$3\" = \"tests/bench/prices.toml price.dollars\"\n";

/// What is found after something has been replaced in one of the files.
fn found(name: &str, file: &str, from: &str, to: &str) -> String {
    let sample = Sample::agreeing(&format!("stated-{name}"));
    sample.write("docs/chat.md", PAGE);
    sample.write("shared/src/follow.rs", CONSTANTS);
    sample.write("tests/bench/prices.toml", "[price]\ndollars = 3\n");
    sample.write(stated::FILE, SOURCES);
    sample.change(file, |text| {
        assert!(text.contains(from), "{file} has no {from}");
        text.replace(from, to)
    });
    let findings = stated::check(sample.root()).expect("the sample can be read");
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn figures_that_are_what_their_sources_say_have_no_findings() {
    assert_eq!(found("agreeing", "docs/chat.md", "# Chat", "# The chat"), "");
}

#[test]
fn a_figure_that_is_not_what_its_source_says_is_found() {
    for (name, file, from, to, says) in [
        (
            "constant",
            "shared/src/follow.rs",
            "(20)",
            "(25)",
            "docs/chat.md: says \"20 seconds\", but shared/src/follow.rs SILENCE is 25000",
        ),
        ("price", "tests/bench/prices.toml", "3", "4", "docs/chat.md: says \"$3\", but"),
        (
            "page",
            "docs/chat.md",
            "20 seconds",
            "30 seconds",
            "docs/chat.md: says \"30 seconds\" without a source",
        ),
        ("gone", "docs/chat.md", "after 20 seconds", "in the end", "which does not say so"),
        ("source", "shared/src/follow.rs", "SILENCE", "REST", "which is no number"),
        ("file", stated::FILE, "shared/src/follow.rs", "shared/follow.rs", "can't be read"),
        ("no-page", stated::FILE, "docs/chat.md", "docs/talk.md", "docs/talk.md, which is no page"),
    ] {
        let found = found(name, file, from, to);
        assert!(found.contains(says), "{name}: no \"{says}\" in:\n{found}");
    }
}
