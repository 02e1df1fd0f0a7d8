//! The template as AWS would read it: translated by SAM's own translator, then linted.
//!
//! cfn-lint alone misses most mistakes in a SAM template; in the translated one it sees them.

use super::deploy;
use crate::package::{self, Processor};
use crate::progress;
use crate::tools::venv;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;
use template::{Template, root};
use tokio::process::Command;

const PACKAGES: [&str; 2] = ["aws-sam-translator==1.115.0", "cfn-lint==1.58.0"];

/// Parameters with which everything of the domain name exists, and the one that has no default.
const DOMAIN: [&str; 4] = [
    "DomainName=api.example.com",
    "CertificateArn=arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    "HostedZoneId=Z0123456789ABCDEFGHIJ",
    "AuthSecret=a-secret-of-the-check-that-has-more-than-43-characters",
];

/// CloudFormation takes 500; the rest is room for what one deployment adds.
const MOST_RESOURCES: usize = 400;

/// Fails with what the translator or the linter says.
pub async fn check() -> Result<()> {
    let programs = venv::with("sam", &PACKAGES, &[]).await?;
    progress::step("Translating template.yaml, then linting the result");
    let source = root().join("template.yaml");
    let template = translated(&programs, &source, &[]).await?;
    progress::step("The same with a domain name");
    translated(&programs, &source, &DOMAIN).await?;
    progress::step("The same with the template of `cargo xtask package --gradual`");
    let gradual = root().join(".local/gradual.yaml");
    std::fs::write(&gradual, package::packaged_template(Processor::Arm64, true)?)?;
    translated(&programs, &gradual, &[]).await?;
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

/// The template as SAM translates it with these parameters, if the linter finds nothing in it.
async fn translated(programs: &Path, template: &Path, parameters: &[&str]) -> Result<Value> {
    let translated = root().join(".local/template.json");
    let mut translator = Command::new(programs.join("python"));
    translator.arg(root().join("xtask/src/check/translate.py")).arg(template).arg(&translated);
    let name = template.display();
    ensure!(run(translator.args(parameters)).await?, "{name} can't be translated; see above");
    let mut linter = Command::new(programs.join("cfn-lint"));
    linter.args(["--regions", "us-east-1"]);
    if !parameters.is_empty() {
        // The template ignores W1030 where a parameter may be empty; here none is.
        linter.args(["--mandatory-checks", "W1030", "--parameters"]).args(parameters);
    }
    linter.arg("--template").arg(&translated);
    ensure!(run(&mut linter).await?, "cfn-lint finds mistakes in {name}, translated; see above");
    let text = std::fs::read_to_string(&translated).context("the translator wrote nothing")?;
    Ok(serde_json::from_str(&text)?)
}

/// The tools find what they are here to find.
async fn faults(programs: &Path) -> Result<()> {
    progress::step("Breaking template.yaml in several places, which the tools must see");
    let mut breaking = Command::new(programs.join("python"));
    breaking.arg(root().join("xtask/src/check/broken.py")).arg(root().join("template.yaml"));
    breaking.args(DOMAIN);
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
