//! Runs stages one after another.

use super::stages::{ALL, Name};
use super::{
    Arguments, Engine, clients, load, local_engine, mail, package, real_model, schemathesis,
};
use crate::check::{sam, workflows};
use crate::{cargo, progress};
use anyhow::{Context, Result, anyhow, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

/// Maximum time of a stage: what hangs must fail by itself, and say where. The longest take a third of it.
const STAGE: Duration = Duration::from_mins(45);

/// The result of a stage.
#[derive(Debug)]
pub struct Outcome {
    /// Which one.
    pub name: String,
    /// None for a stage that did not end, or was not reached.
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

/// The chosen stages, before they are run.
pub fn none(arguments: &Arguments) -> Vec<(Name, Outcome)> {
    let outcome = |stage: Name| Outcome { name: stage.text(), result: None, time: Duration::ZERO };
    chosen(&arguments.only).into_iter().map(|stage| (stage, outcome(stage))).collect()
}

/// Runs the stages and fills in how they end. After a failure the rest is not run, unless `--keep-going`
/// is given.
pub async fn all(arguments: &Arguments, stages: &mut [(Name, Outcome)]) {
    let count = stages.len();
    for (index, (stage, outcome)) in stages.iter_mut().enumerate() {
        progress::step(&format!("[{}/{count}] {}", index + 1, stage.text()));
        let started = Instant::now();
        let result = timeout(STAGE, one(*stage, arguments)).await;
        let result = result.unwrap_or_else(|_| {
            Err(anyhow!(
                "it did not end within {}; see what it printed last",
                progress::duration(STAGE)
            ))
        });
        outcome.time = started.elapsed();
        if let Err(error) = &result {
            println!("==> {} FAILED: {error:#}", stage.text());
        }
        let failed = result.is_err();
        outcome.result = Some(result);
        if failed && !arguments.keep_going {
            return;
        }
    }
}

/// The stages in their order, with the build before those that run functions.
fn chosen(only: &[Name]) -> Vec<Name> {
    let needs_build = only.iter().any(|stage| stage.needs_functions());
    let all = ALL.into_iter().filter(|stage| {
        only.is_empty() || only.contains(stage) || (needs_build && *stage == Name::Build)
    });
    let extra = [Name::Browser, Name::RealModel, Name::Package]
        .into_iter()
        .filter(|stage| only.contains(stage));
    all.chain(extra).collect()
}

async fn one(stage: Name, arguments: &Arguments) -> Result<Counts> {
    if stage == Name::E2e && arguments.engine == Engine::Local {
        return local_engine::run().await;
    }
    let Some(command) = stage.command() else {
        return match stage {
            Name::Sam => sam::check().await.map(|()| Counts::default()),
            Name::Workflows => workflows::check().await.map(|()| Counts::default()),
            Name::Schemathesis => schemathesis::run(arguments.schemathesis_long).await,
            Name::Mail => mail::run().await,
            Name::Load => load::run().await,
            Name::Browser => clients::run(&clients::BROWSER).await,
            Name::RealModel => real_model::run().await,
            Name::Package => package::run().await,
            _ => clients::run(&clients::LIBRARIES).await,
        };
    };
    println!("    {}", cargo::words(&command));
    let (counts, succeeded) = watch(Command::from(command), "", read).await?;
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
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", cargo::words(command.as_std())))?;
    let _group = Group(child.id());
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

/// A process with all that it has started. They are ended when this is dropped.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let id = self.0.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        if let Some(id) = id {
            // An error means that all of them have ended.
            let _ = kill_process_group(id, Signal::TERM);
        }
    }
}

/// Reads `test result: ok. 8 passed; 0 failed; 0 ignored; …`.
pub fn read(line: &str) -> Option<Counts> {
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
