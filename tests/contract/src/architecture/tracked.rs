//! Text that no file of the repository may contain, and the names of decisions.

use std::path::Path;

use anyhow::Result;

use crate::files;
use crate::finding::Finding;

/// Paths of one machine, split so that this file does not contain them itself.
const MACHINE_PATHS: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:", "\\Users"),
];

const REGISTRY_HOSTS: [&str; 6] = [
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("deb.debian", ".org"),
];

/// How keys of AWS, of GitHub and of providers of models begin, and how many letters and digits follow; and
/// the line above a private key.
const SECRETS: [(&str, usize); 5] = [
    (concat!("AK", "IA"), 16),
    (concat!("AS", "IA"), 16),
    (concat!("gh", "p_"), 36),
    (concat!("s", "k-"), 32),
    (concat!("PRIVATE", " KEY-----"), 0),
];

/// Checks every file's text, and the names in docs/decisions.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let files = files::list(root)?;
    let mut findings = decisions(&files);
    for file in files.iter().filter(|file| !is_lock_file(file)) {
        let Some(text) = files::text(root, file)? else {
            continue;
        };
        findings.extend(foreign(file, &text));
    }
    Ok(findings)
}

/// Lock files contain hosts, since the registries' clients write them.
fn is_lock_file(file: &str) -> bool {
    file.ends_with("Cargo.lock") || file.ends_with("package-lock.json")
}

fn foreign(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let at = format!("{file}:{}", index + 1);
        if let Some(path) = MACHINE_PATHS.iter().find(|path| names_path(line, path)) {
            findings.push(Finding::new(
                &at,
                format!("contains a path of one machine: {path}"),
                "write it relative to the repository",
            ));
        }
        if SECRETS.iter().any(|(begin, length)| has_secret(line, begin, *length)) {
            let remedy = "remove it, and replace it where it is used: it is no secret any more";
            findings.push(Finding::new(&at, "contains what looks like a secret", remedy));
        }
        if let Some(host) = REGISTRY_HOSTS.iter().find(|host| line.contains(**host)) {
            findings.push(Finding::new(
                &at,
                format!("contains the host of a package registry: {host}"),
                "write the package's name; the registry's client knows the host",
            ));
        }
    }
    findings
}

fn has_secret(line: &str, begin: &str, length: usize) -> bool {
    let mut ends = line.split(begin).skip(1);
    ends.any(|end| end.chars().take_while(char::is_ascii_alphanumeric).count() >= length)
}

/// Whether `path` begins an absolute path, and is not inside a longer one.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        line.get(..at)
            .and_then(|before| before.chars().last())
            .is_none_or(|c| !(c.is_alphanumeric() || ".-_}~>/".contains(c)))
    })
}

fn decisions(files: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut numbers: Vec<&str> = Vec::new();
    for name in files
        .iter()
        .filter_map(|file| file.strip_prefix("docs/decisions/"))
        .filter(|name| *name != "README.md")
    {
        let number = name.get(..4).unwrap_or_default();
        if !is_decision(name) {
            findings.push(Finding::new(
                format!("docs/decisions/{name}"),
                "is not named NNNN-title.md with a lower-case title",
                "rename it",
            ));
        } else if numbers.contains(&number) {
            findings.push(Finding::new(
                format!("docs/decisions/{name}"),
                format!("number {number} is taken"),
                "take the next free number",
            ));
        }
        numbers.push(number);
    }
    findings
}

fn is_decision(name: &str) -> bool {
    let Some((number, title)) = name.strip_suffix(".md").and_then(|stem| stem.split_once('-'))
    else {
        return false;
    };
    number.len() == 4
        && number.chars().all(|c| c.is_ascii_digit())
        && !title.is_empty()
        && title.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_numbered_and_lower_case() {
        let names = ["0001-one-table.md", "0001-again.md", "2-short.md", "0003-Upper.md"];
        let files: Vec<String> = names.map(|name| format!("docs/decisions/{name}")).into();
        assert_eq!(decisions(&files).len(), 3);
    }

    #[test]
    fn a_secret_is_found() {
        for (begin, length) in SECRETS {
            let line = |length| format!("key = \"{begin}{}\"", "A1".repeat(length));
            assert_eq!(foreign("a", &line(length.div_ceil(2))).len(), 1, "{begin}");
            assert_eq!(foreign("a", &line(length / 4)).len(), usize::from(length == 0), "{begin}");
        }
    }

    #[test]
    fn a_path_of_a_machine_is_found_where_it_begins() {
        let path = MACHINE_PATHS[0];
        assert_eq!(foreign("a", &format!("cd {path}me/x")).len(), 1);
        assert_eq!(foreign("a", &format!("GET /api{path}x")).len(), 0);
        assert_eq!(foreign("a", &format!("from {}", REGISTRY_HOSTS[0])).len(), 1);
    }
}
