//! Requests that schemathesis makes up from `openapi.yaml`, against the real functions: no 5xx, and no
//! response that the contract does not have.

use super::run::{Counts, watch};
use crate::progress::step;
use crate::tools::venv;
use anyhow::{Context, Result, ensure};
use harness::stack::Stack;
use serde_json::json;
use std::time::Duration;
use template::root;
use tokio::process::Command;

/// The tool, and what decides which requests it makes up.
const PACKAGES: [&str; 3] =
    ["schemathesis==4.32.5", "hypothesis==6.170.17", "jsonschema_rs==0.60.3"];
/// What is tried and what is left out, with the reasons.
const CONFIGURATION: &str = "tests/schemathesis/schemathesis.toml";
/// How long the requests are made up in CI, and with `--long`.
const TIME: Duration = Duration::from_mins(1);
const LONG_TIME: Duration = Duration::from_mins(30);

/// Starts a stack with a user who has a conversation and an interaction, and lets the tool run.
pub async fn run(is_long: bool) -> Result<Counts> {
    let programs = venv::with("schemathesis", &PACKAGES, &[]).await?;
    // A user may not run out of questions, and one address makes all requests.
    let stack = Stack::builder()
        .parameter("QuotaMessagesPerDay", "1000000")
        .parameter("QuotaTokensPerDay", "1000000000")
        .parameter("QuotaStackTokensPerDay", "0")
        .concurrency(2)
        .start()
        .await?;
    let user = stack.sign_up("schemathesis").await;
    let conversation = user.post("/api/conversations").try_send().await?;
    ensure!(conversation.status == 201, "{}", conversation.text());
    let interaction = user.post("/api/personalization/interactions");
    let interaction = interaction.json(&json!({ "content_type": "chat" })).try_send().await?;
    ensure!(interaction.status == 201, "{}", interaction.text());
    let time = if is_long { LONG_TIME } else { TIME };
    step(&format!("Schemathesis for {} s against {}", time.as_secs(), stack.url()));
    let mut command = Command::new(programs.join("schemathesis"));
    command
        .arg("--config-file")
        .arg(root().join(CONFIGURATION))
        .arg("run")
        .arg(root().join("openapi.yaml"))
        .args(["--url", &stack.url(), "--no-color"])
        .args(["--max-time", &time.as_secs().to_string()])
        .args(["--header", &format!("Authorization: Bearer {}", user.token)])
        .env("INTERACTION_ID", interaction.field("id"))
        // It writes what it has found.
        .current_dir(root().join(".local"));
    let (counts, succeeded) = watch(command, "", read).await.context("schemathesis")?;
    ensure!(succeeded, "schemathesis found something; see above");
    Ok(counts)
}

/// Reads `  1234 generated, 1234 passed`.
fn read(line: &str) -> Option<Counts> {
    let (_, rest) = line.trim().split_once(" generated, ")?;
    let (passed, _) = rest.split_once(" passed")?;
    Some(Counts { passed: passed.parse().ok()?, failed: 0 })
}
