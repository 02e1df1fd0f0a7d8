//! The environment of the functions: template.yaml's variables, with this machine's values.

use crate::hex;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use template::Template;

/// What the operator wants of every reply. It works with echo, too.
const INSTRUCTIONS: &str = "ASSISTANT_INSTRUCTIONS";

/// Settings of the assistant, as docs/assistants.md lists them.
const OF_ASSISTANT: [&str; 10] = [
    "ASSISTANT",
    "ASSISTANT_FIRST_BYTE_SECONDS",
    INSTRUCTIONS,
    "ASSISTANT_MAX_TOKENS",
    "ASSISTANT_MODEL",
    "ASSISTANT_TITLES",
    "ASSISTANT_TOTAL_SECONDS",
    "ECHO_FAULTS",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
];

/// The assistant and the instructions that our own environment asks for; a key alone asks for none.
pub fn assistant(variable: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let is_chosen = variable("ASSISTANT").is_some();
    let wanted = OF_ASSISTANT.into_iter().filter(|name| is_chosen || *name == INSTRUCTIONS);
    wanted.filter_map(|name| Some((name.to_owned(), variable(name)?))).collect()
}

/// The secret that seals the signing keys: made once, kept beside the data that it opens.
pub fn secret(folder: &Path) -> Result<String> {
    let path = folder.join("auth-secret");
    if let Ok(secret) = fs::read_to_string(&path) {
        return Ok(secret.trim().to_owned());
    }
    let mut bytes = [0_u8; 32];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("cannot read random bytes")?;
    let secret = hex::of(&bytes);
    private(&path, &secret)?;
    Ok(secret)
}

/// Writes the file for `cargo lambda watch --env-file` and returns its path. `own` are variables
/// over all others; an empty one is none.
///
/// Watch has one environment for all functions, so a variable must mean the same in each.
pub fn write(
    folder: &Path,
    template: &Template,
    table_url: &str,
    own: &BTreeMap<String, String>,
) -> Result<PathBuf> {
    let mut variables: BTreeMap<&str, &str> = BTreeMap::new();
    for function in &template.functions {
        for (name, value) in &function.environment {
            let before = variables.insert(name, value);
            ensure!(
                before.is_none_or(|before| before == value),
                "template.yaml: {name} of {} differs from another function's",
                function.name
            );
        }
    }
    variables.extend([
        ("AWS_ENDPOINT_URL_DYNAMODB", table_url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        // Nothing leaves this machine, and every failure can be tried, unless the caller wants it otherwise.
        ("ASSISTANT", "echo"),
        ("ECHO_FAULTS", "1"),
    ]);
    variables.extend(own.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let mut lines = String::new();
    for (name, value) in variables.iter().filter(|(_, value)| !value.is_empty()) {
        ensure!(
            !value.contains('\n'),
            "{name} has several lines, which cargo lambda watch can't read; write them into \
             functions/chat/chat/instructions.txt"
        );
        let value = quoted(value).with_context(|| {
            format!("{name} has quotes of all three kinds, which cargo lambda watch can't read")
        })?;
        writeln!(lines, "{name}={value}")?;
    }
    let path = folder.join("functions.env");
    private(&path, &lines)?;
    Ok(path)
}

/// The value as cargo lambda watch reads it: a space or an equals sign must stand between quotes, in which
/// everything but the quote itself stands for itself. None if the value contains each kind of them.
fn quoted(value: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._,:/@+".contains(c);
    if value.chars().all(is_plain) {
        return Some(value.to_owned());
    }
    let quote = ['\'', '`', '"'].into_iter().find(|quote| !value.contains(*quote))?;
    Some(format!("{quote}{value}{quote}"))
}

/// Writes a file that only its owner may read.
fn private(path: &Path, text: &str) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_secret_is_made_once_and_private() {
        let folder = std::env::temp_dir().join(format!("tessera-secret-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let first = secret(&folder).unwrap();
        assert!(first.len() >= 43);
        assert_eq!(secret(&folder).unwrap(), first);
        let mode = fs::metadata(folder.join("auth-secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_value_that_watch_would_not_read_is_quoted() {
        for (value, written) in [
            ("http://127.0.0.1:1", "http://127.0.0.1:1"),
            ("openid email", "'openid email'"),
            ("AAA==", "'AAA=='"),
            ("it's \"so\"", "`it's \"so\"`"),
            ("it's `so`", "\"it's `so`\""),
        ] {
            assert_eq!(quoted(value).as_deref(), Some(written));
        }
        assert_eq!(quoted("'`\""), None);
    }

    #[test]
    fn an_assistant_is_echo_unless_another_is_asked_for() {
        let folder = std::env::temp_dir().join(format!("tessera-assistant-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let lines = |given: &[(&str, &str)]| {
            let own = assistant(|wanted| {
                let found = given.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| (*value).to_owned())
            });
            let template = Template::load().unwrap();
            let path = write(&folder, &template, "http://127.0.0.1:1", &own).unwrap();
            let text = fs::read_to_string(path).unwrap();
            let lines = text.lines().filter(|line| {
                ["ASSISTANT", "ECHO_", "OPENAI_API_"].iter().any(|start| line.starts_with(start))
            });
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let (tokens, titles) = ("ASSISTANT_MAX_TOKENS=2500", "ASSISTANT_TITLES=false");
        let echo = ["ASSISTANT=echo", tokens, titles, "ECHO_FAULTS=1"];
        assert_eq!(lines(&[("OPENAI_API_KEY", "k")]), echo);
        let given = [("ASSISTANT", "openai"), ("OPENAI_API_KEY", "k"), ("ECHO_FAULTS", "")];
        assert_eq!(lines(&given), ["ASSISTANT=openai", tokens, titles, "OPENAI_API_KEY=k"]);
        let instructed = lines(&[(INSTRUCTIONS, "Be brief.")]);
        let instructions = "ASSISTANT_INSTRUCTIONS='Be brief.'";
        assert_eq!(instructed, [echo[0], instructions, tokens, titles, echo[3]]);
        let several = BTreeMap::from([(INSTRUCTIONS.to_owned(), "Be\nbrief.".to_owned())]);
        let template = Template::load().unwrap();
        let refused = write(&folder, &template, "http://127.0.0.1:1", &several).unwrap_err();
        assert!(refused.to_string().contains("instructions.txt"));
        fs::remove_dir_all(folder).unwrap();
    }
}
