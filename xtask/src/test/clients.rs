//! The official clients against the API as `cargo xtask dev` serves it, on free ports and an empty
//! table.

use super::run::{Counts, watch};
use crate::ports;
use crate::progress::step;
use crate::stack::{Options, Stack};
use crate::tools::cargo_lambda;
use crate::tools::node::{self, Package};
use anyhow::{Context, Result, ensure};
use harness::template::root;
use std::collections::BTreeMap;
use tokio::process::Command;

/// A package whose `npm test` drives the API at `TESSERA_URL` as an application at `TESSERA_ORIGIN`.
#[derive(Debug)]
pub struct Suite {
    /// Where the package is.
    package: &'static str,
    /// What the stack keeps while it runs.
    folder: &'static str,
}

/// The client as a library, with cookies and with bearer tokens.
pub const BETTER_AUTH: Suite =
    Suite { package: "tests/clients/better-auth", folder: ".local/clients" };

/// The client in a page that Chromium shows.
pub const BROWSER: Suite = Suite { package: "tests/clients/browser", folder: ".local/browser" };

/// A whole suite comes from one address.
const ATTEMPTS: &str = "1000000";

/// Starts the stack, runs the suite, and ends the stack whatever came of it.
pub async fn run(suite: &Suite) -> Result<Counts> {
    node::require().await.context("the official clients run on Node")?;
    let package = Package::install(suite.package).await?;
    let folder = root().join(suite.folder);
    crate::stack::forget(&folder)?;
    // What the functions print would hide what the suite does.
    let log = folder.join("functions.log");
    let origin = format!("http://localhost:{}", ports::free()?);
    let stack = Stack::start(Options {
        cargo_lambda: cargo_lambda::find_or_install().await?,
        log: Some(log.clone()),
        folder,
        data: None,
        port: 0,
        table_port: 0,
        concurrency: 2,
        parameters: [("TrustedOrigins", origin.as_str()), ("AttemptsPerAddress", ATTEMPTS)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        variables: BTreeMap::new(),
    })
    .await?;
    let result = drive(&stack, &package, &origin).await;
    stack.stop().await;
    result.with_context(|| format!("see above, and {}", log.display()))
}

async fn drive(stack: &Stack, suite: &Package, origin: &str) -> Result<Counts> {
    stack.until_ready().await?;
    step(&format!("npm test in {}, against {}", suite.folder.display(), stack.public_url));
    let mut command = Command::new("npm");
    command
        .args(["test", "--silent"])
        .current_dir(&suite.folder)
        .env("TESSERA_URL", &stack.public_url)
        .env("TESSERA_ORIGIN", origin);
    let (counts, succeeded) = watch(command, read).await?;
    ensure!(succeeded, "{} tests failed", counts.failed);
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
