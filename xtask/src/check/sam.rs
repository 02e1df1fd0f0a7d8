//! The template as AWS would read it: translated by SAM's own translator, then linted.
//!
//! cfn-lint alone misses most mistakes in a SAM template; in the translated one it sees them.

use super::deploy;
use crate::progress;
use crate::tools::venv;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;
use template::{Template, root};
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
    cors(&template)?;
    let own = Template::load()?;
    let findings = contract::translated::check(&own, &template);
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    ensure!(findings.is_empty(), "{}", findings.join("\n"));
    println!("{resources} resources, no mistakes found.");
    faults(&programs).await?;
    deploy::check(&own).await
}

/// The tools find what they are here to find.
async fn faults(programs: &Path) -> Result<()> {
    progress::step("Breaking template.yaml in several places, which the tools must see");
    let mut breaking = Command::new(programs.join("python"));
    breaking.arg(root().join("xtask/src/check/broken.py")).arg(root().join("template.yaml"));
    let output = breaking.kill_on_drop(true).output().await.context("cannot start python")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "not all faults were found:\n{errors}");
    print!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}

/// With CORS settings, the gateway would respond to preflights itself and drop what functions say.
fn cors(template: &Value) -> Result<()> {
    let pointer = "/Resources/HttpApi/Properties/Body/x-amazon-apigateway-cors";
    ensure!(template.pointer(pointer).is_none(), "the translated API has CORS settings: {pointer}");
    Ok(())
}

async fn run(command: &mut Command) -> Result<bool> {
    let status = command.kill_on_drop(true).status().await.context("cannot start the tool")?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_gateway_with_cors_settings_is_found() {
        let api =
            |body: Value| json!({ "Resources": { "HttpApi": { "Properties": { "Body": body } } } });
        assert!(cors(&api(json!({ "paths": {} }))).is_ok());
        assert!(cors(&api(json!({ "x-amazon-apigateway-cors": {} }))).is_err());
    }
}
