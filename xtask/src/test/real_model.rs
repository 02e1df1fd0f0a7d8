//! Runs a small language model on this machine behind Tessera's chat.

use super::run::{Counts, watch};
use crate::cargo::at_root;
use crate::tools::node;
use anyhow::{Context, Result, ensure};
use template::root;
use tokio::process::Command;

const FOLDER: &str = "tests/clients/real-model";

/// Downloads the model once, starts it and `cargo xtask dev`, and checks what comes back.
pub async fn run() -> Result<Counts> {
    node::require().await.context("the model runs in Node")?;
    let mut command = Command::from(at_root("node"));
    command.args(["run.js", "--yes"]).current_dir(root().join(FOLDER));
    let (counts, succeeded) = watch(command, "", read).await?;
    ensure!(succeeded, "see above; {} checks failed", counts.failed);
    Ok(counts)
}

/// Reads `==> 4 of 5 checks passed; …`.
fn read(line: &str) -> Option<Counts> {
    let (counts, _) = line.strip_prefix("==> ")?.split_once(" checks passed")?;
    let (passed, all) = counts.split_once(" of ")?;
    let (passed, all): (usize, usize) = (passed.parse().ok()?, all.parse().ok()?);
    Some(Counts { passed, failed: all.checked_sub(passed)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_counted() {
        let line = "==> 4 of 5 checks passed; Tessera's log is in .local/real-model/tessera.log";
        assert_eq!(read(line), Some(Counts { passed: 4, failed: 1 }));
        assert_eq!(read("==> Loading the model"), None);
    }
}
