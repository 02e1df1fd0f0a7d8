//! The end-to-end tests on DynamoDB Local. It keeps every table of every test and gets slower with each, until
//! calls take longer than a function waits: so a share of the tests has an engine of its own.

use super::run::{Counts, read, watch};
use super::stages::set_threads;
use crate::cargo::cargo;
use crate::progress::step;
use crate::tools::dynamodb_local::DynamoDbLocal;
use anyhow::{Context, Result, ensure};
use harness::engine::ENGINE_VARIABLE;
use std::process::Stdio;
use tokio::process::Command;

/// So many tests use one engine.
const SHARE: usize = 50;
const TESTS: [&str; 5] = ["test", "--package", "e2e", "--test", "it"];

/// Runs all of them, share by share; each share to its end, even if another one fails.
pub async fn run() -> Result<Counts> {
    let names = names().await?;
    let mut sum = Counts::default();
    let mut all_passed = true;
    for (at, share) in names.chunks(SHARE).enumerate() {
        let from = at * SHARE + 1;
        step(&format!("Tests {from} to {} of {}", from + share.len() - 1, names.len()));
        let local = DynamoDbLocal::start().await?;
        let mut command = cargo();
        command.args(TESTS).args(["--", "--exact"]).args(share).env(ENGINE_VARIABLE, local.url());
        // More of them overload it, and then it throttles.
        set_threads(&mut command, 1);
        let (counts, passed) = watch(Command::from(command), "", read).await?;
        sum.passed += counts.passed;
        sum.failed += counts.failed;
        all_passed &= passed;
    }
    ensure!(all_passed, "see above; {} tests failed", sum.failed);
    Ok(sum)
}

/// The names of all tests.
async fn names() -> Result<Vec<String>> {
    let mut command = Command::from(cargo());
    command.args(TESTS).args(["--", "--list", "--format", "terse"]);
    let listed = command.stderr(Stdio::inherit()).kill_on_drop(true).output().await;
    let listed = listed.context("cannot start cargo")?;
    ensure!(listed.status.success(), "the tests do not build; see above");
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let names: Vec<String> =
        text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect();
    ensure!(!names.is_empty(), "there are no tests");
    Ok(names)
}
