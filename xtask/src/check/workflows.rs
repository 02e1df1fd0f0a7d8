//! The hosted workflows: their form, and what is unsafe in them.

use crate::progress;
use crate::tools::venv;
use anyhow::{Context, Result, ensure};
use template::root;
use tokio::process::Command;

const PACKAGES: [&str; 2] = ["zizmor==1.32.0", "check-jsonschema==0.39.0"];
const FOLDER: &str = ".github/workflows";

/// Fails with what the schema of workflows or the audit says. Neither asks another host.
pub async fn check() -> Result<()> {
    let programs = venv::with("workflows", &PACKAGES, &[]).await?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root().join(FOLDER)).context("there are no workflows")? {
        files.push(entry?.path());
    }
    progress::step(&format!("Checking the {} workflows in {FOLDER}", files.len()));
    let mut schema = Command::new(programs.join("check-jsonschema"));
    schema.args(["--builtin-schema", "vendor.github-workflows"]).args(&files);
    let mut audit = Command::new(programs.join("zizmor"));
    audit.args(["--offline", "--no-progress", FOLDER]).current_dir(root());
    for mut command in [schema, audit] {
        let status = command.kill_on_drop(true).status().await.context("cannot start the tool")?;
        ensure!(status.success(), "a workflow is not right; see above");
    }
    Ok(())
}
