//! The template as AWS would read it: translated by SAM's own translator, then linted.
//!
//! cfn-lint alone misses most mistakes in a SAM template; in the translated one it sees them.

use crate::progress;
use crate::tools::venv;
use anyhow::{Context, Result, ensure};
use harness::template::root;
use serde_json::Value;
use tokio::process::Command;

const PACKAGES: [&str; 2] = ["aws-sam-translator==1.115.0", "cfn-lint==1.58.0"];

/// CloudFormation takes 500; the rest is room for what one deployment adds.
const MOST_RESOURCES: usize = 400;

/// Fails with what the translator or the linter says.
pub async fn check() -> Result<()> {
    let programs = venv::with("sam", &PACKAGES, &[]).await?;
    let folder = root().join(".local");
    let translated = folder.join("template.json");
    progress::step("Translating template.yaml, then linting the result");
    let mut translator = Command::new(programs.join("python"));
    translator.arg(root().join("xtask/src/check/translate.py"));
    translator.arg(root().join("template.yaml")).arg(&translated);
    ensure!(run(&mut translator).await?, "template.yaml can't be translated; see above");
    let mut linter = Command::new(programs.join("cfn-lint"));
    linter.args(["--regions", "us-east-1", "--template"]).arg(&translated);
    ensure!(
        run(&mut linter).await?,
        "cfn-lint finds mistakes in the translated template; see above"
    );
    let text = std::fs::read_to_string(&translated).context("the translator wrote nothing")?;
    let template: Value = serde_json::from_str(&text)?;
    let resources =
        template.get("Resources").and_then(Value::as_object).map_or(0, serde_json::Map::len);
    ensure!(
        resources < MOST_RESOURCES,
        "the stack has {resources} resources, {MOST_RESOURCES} is too many"
    );
    println!("{resources} resources, no mistakes found.");
    Ok(())
}

async fn run(command: &mut Command) -> Result<bool> {
    let status = command.kill_on_drop(true).status().await.context("cannot start the tool")?;
    Ok(status.success())
}
