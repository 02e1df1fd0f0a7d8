//! The official Better Auth client against the API as `cargo xtask dev` serves it, on free ports and
//! an empty table.

use super::run::{Counts, watch};
use crate::progress::step;
use crate::stack::{Options, Stack};
use crate::tools::cargo_lambda;
use crate::tools::node::{self, Package};
use anyhow::{Context, Result, ensure};
use harness::template::root;
use tokio::process::Command;

/// What the functions print would hide what the suite does.
const LOG: &str = ".local/clients/functions.log";
const SUITE: &str = "tests/clients/better-auth";
/// Where the application is that the suite plays; no page need be there.
const ORIGIN: &str = "http://localhost:5173";
/// The whole suite comes from one address.
const ATTEMPTS: &str = "1000000";

/// Starts the stack, runs the suite, and ends the stack whatever came of it.
pub async fn run() -> Result<Counts> {
    node::require().await.context("the official clients run on Node")?;
    let suite = Package::install(SUITE).await?;
    let folder = root().join(".local/clients");
    crate::stack::forget(&folder)?;
    let stack = Stack::start(Options {
        cargo_lambda: cargo_lambda::find_or_install().await?,
        log: Some(root().join(LOG)),
        folder,
        data: None,
        port: 0,
        table_port: 0,
        concurrency: 2,
        parameters: [("TrustedOrigins", ORIGIN), ("AttemptsPerAddress", ATTEMPTS)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    })
    .await?;
    let result = drive(&stack, &suite).await;
    stack.stop().await;
    result
}

async fn drive(stack: &Stack, suite: &Package) -> Result<Counts> {
    stack.until_ready().await.with_context(|| format!("see {LOG}"))?;
    step(&format!("npm test in {SUITE}, against {}", stack.public_url));
    let mut command = Command::new("npm");
    command
        .args(["test", "--silent"])
        .current_dir(&suite.folder)
        .env("TESSERA_URL", &stack.public_url)
        .env("TESSERA_ORIGIN", ORIGIN);
    let (counts, succeeded) = watch(command, read).await?;
    ensure!(succeeded, "{} tests failed; see above, and {LOG}", counts.failed);
    Ok(counts)
}

/// Reads `ℹ pass 12` and `ℹ fail 0`, as Node's runner ends.
fn read(line: &str) -> Option<Counts> {
    let (label, number) = line.strip_prefix("ℹ ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    match label {
        "pass" => Some(Counts { passed: number, failed: 0 }),
        "fail" => Some(Counts { passed: 0, failed: number }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_node_are_counted() {
        assert_eq!(read("ℹ pass 186"), Some(Counts { passed: 186, failed: 0 }));
        assert_eq!(read("ℹ fail 2"), Some(Counts { passed: 0, failed: 2 }));
        assert_eq!(read("ℹ duration_ms 12.5"), None);
        assert_eq!(read("✔ a test (3 ms)"), None);
    }
}
