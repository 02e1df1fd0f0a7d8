//! Runs stages one after another.

use super::stages::{ALL, Name, set_threads};
use super::{Arguments, Engine, clients, mail, real_model, schemathesis};
use crate::check::{sam, workflows};
use crate::tools::dynamodb_local::DynamoDbLocal;
use crate::{cargo, progress};
use anyhow::{Context, Result, ensure};
use harness::engine::ENGINE_VARIABLE;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// The result of a stage.
#[derive(Debug)]
pub struct Outcome {
    /// Which one.
    pub name: String,
    /// None for a stage that was not reached.
    pub result: Option<Result<Counts>>,
    /// How long it took.
    pub time: Duration,
}

/// Tests that a stage ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that passed.
    pub passed: usize,
    /// Those that failed.
    pub failed: usize,
}

/// Runs the chosen stages. After a failure the rest is not run, unless `--keep-going` is given.
pub async fn all(arguments: &Arguments) -> Vec<Outcome> {
    let stages = chosen(&arguments.only);
    let count = stages.len();
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut stopped = false;
    for (index, stage) in stages.into_iter().enumerate() {
        let started = Instant::now();
        let result = if stopped {
            None
        } else {
            progress::step(&format!("[{}/{count}] {}", index + 1, stage.text()));
            Some(one(stage, arguments).await)
        };
        if let Some(Err(error)) = &result {
            println!("==> {} FAILED: {error:#}", stage.text());
            stopped = !arguments.keep_going;
        }
        outcomes.push(Outcome { name: stage.text(), result, time: started.elapsed() });
    }
    outcomes
}

/// The stages in their order, with the build before those that run functions.
fn chosen(only: &[Name]) -> Vec<Name> {
    let needs_build = only.iter().any(|stage| stage.needs_functions());
    let all = ALL.into_iter().filter(|stage| {
        only.is_empty() || only.contains(stage) || (needs_build && *stage == Name::Build)
    });
    let extra = [Name::Browser, Name::RealModel].into_iter().filter(|stage| only.contains(stage));
    all.chain(extra).collect()
}

async fn one(stage: Name, arguments: &Arguments) -> Result<Counts> {
    let Some(command) = stage.command() else {
        return match stage {
            Name::Sam => sam::check().await.map(|()| Counts::default()),
            Name::Workflows => workflows::check().await.map(|()| Counts::default()),
            Name::Schemathesis => schemathesis::run(arguments.schemathesis_long).await,
            Name::Mail => mail::run().await,
            Name::Browser => clients::run(&clients::BROWSER).await,
            Name::RealModel => real_model::run().await,
            _ => clients::run(&clients::LIBRARIES).await,
        };
    };
    println!("    {}", cargo::words(&command));
    let mut command = Command::from(command);
    let _local = if stage == Name::E2e && arguments.engine == Engine::Local {
        let local = DynamoDbLocal::start().await?;
        command.env(ENGINE_VARIABLE, local.url());
        // More of them overload it, and then it throttles.
        set_threads(command.as_std_mut(), 1);
        Some(local)
    } else {
        None
    };
    let (counts, succeeded) = watch(command, "", read).await?;
    ensure!(succeeded, "see above; {} tests failed", counts.failed);
    Ok(counts)
}

/// Shows a command's output as it arrives, each line after `label`, and adds up the counts that are
/// read from its lines.
pub async fn watch(
    mut command: Command,
    label: &str,
    read: fn(&str) -> Option<Counts>,
) -> Result<(Counts, bool)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", cargo::words(command.as_std())))?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            println!("{label}{line}");
            if let Some(found) = read(&line) {
                counts.passed += found.passed;
                counts.failed += found.failed;
            }
        }
    }
    Ok((counts, child.wait().await?.success()))
}

/// Reads `test result: ok. 8 passed; 0 failed; 0 ignored; …`.
fn read(line: &str) -> Option<Counts> {
    let rest = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let number = |label: &str| {
        rest.split("; ").find_map(|part| part.strip_suffix(label)?.trim().parse().ok())
    };
    Some(Counts { passed: number("passed")?, failed: number("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_counted() {
        let line = "test result: FAILED. 8 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(read(line), Some(Counts { passed: 8, failed: 1 }));
        assert_eq!(read("test a ... ok"), None);
    }

    #[test]
    fn functions_are_built_before_they_are_run() {
        assert_eq!(chosen(&[Name::E2e]), [Name::Build, Name::E2e]);
        assert_eq!(chosen(&[Name::Unit]), [Name::Unit]);
        assert_eq!(chosen(&[Name::Browser]), [Name::Build, Name::Browser]);
        assert_eq!(chosen(&[Name::RealModel]), [Name::RealModel]);
        assert_eq!(chosen(&[]), ALL);
    }
}
