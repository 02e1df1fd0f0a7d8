//! The template as AWS would read it: translated by SAM's own translator, then linted.
//!
//! cfn-lint alone misses most mistakes in a SAM template; in the translated one it sees them.

use crate::progress;
use crate::tools::venv;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use template::{Template, root};
use tokio::process::Command;

const PACKAGES: [&str; 2] = ["aws-sam-translator==1.115.0", "cfn-lint==1.58.0"];

/// CloudFormation takes 500; the rest is room for what one deployment adds.
const MOST_RESOURCES: usize = 400;

/// The parameter of which the translator makes more than a reference, with a value of its kind.
const TRUSTED_ORIGINS: [&str; 2] =
    ["TrustedOrigins", "https://app.example.com,https://example.com"];

/// Fails with what the translator or the linter says.
pub async fn check() -> Result<()> {
    let programs = venv::with("sam", &PACKAGES, &[]).await?;
    let folder = root().join(".local");
    let translated = folder.join("template.json");
    progress::step("Translating template.yaml, then linting the result");
    let mut translator = Command::new(programs.join("python"));
    translator.arg(root().join("xtask/src/check/translate.py"));
    translator.arg(root().join("template.yaml")).arg(&translated).arg(TRUSTED_ORIGINS.join("="));
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
    let findings = contract::translated::check(&Template::load()?, &template);
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    ensure!(findings.is_empty(), "{}", findings.join("\n"));
    println!("{resources} resources, no mistakes found.");
    Ok(())
}

/// The translator writes a parameter's value where it finds a reference: what is left must still be
/// a list of the origins, and nothing at all without any.
fn cors(template: &Value) -> Result<()> {
    let pointer = "/Resources/HttpApi/Properties/Body/x-amazon-apigateway-cors/Fn::If";
    let choice = template.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice);
    let Some([_, settings, nothing]) = choice else {
        bail!("the translated API has no choice of CORS settings at {pointer}");
    };
    let origins = settings.get("allowOrigins").unwrap_or(&Value::Null);
    let [_, value] = TRUSTED_ORIGINS;
    ensure!(
        *origins == json!({ "Fn::Split": [",", value] }),
        "the translated API allows the origins {origins}, which is no list of {value}"
    );
    ensure!(
        *nothing == json!({ "Ref": "AWS::NoValue" }),
        "the translated API has CORS settings {nothing} without trusted origins"
    );
    Ok(())
}

async fn run(command: &mut Command) -> Result<bool> {
    let status = command.kill_on_drop(true).status().await.context("cannot start the tool")?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_a_list_or_nothing() {
        let [_, value] = TRUSTED_ORIGINS;
        let check = |origins: Value, nothing: Value| {
            let choice = json!(["HasTrustedOrigins", { "allowOrigins": origins }, nothing]);
            let body = json!({ "x-amazon-apigateway-cors": { "Fn::If": choice } });
            cors(&json!({ "Resources": { "HttpApi": { "Properties": { "Body": body } } } }))
        };
        let (list, none) = (json!({ "Fn::Split": [",", value] }), json!({ "Ref": "AWS::NoValue" }));
        assert!(check(list.clone(), none.clone()).is_ok());
        assert!(check(json!(value), none).is_err());
        assert!(check(list, json!({})).is_err());
        assert!(cors(&json!({})).is_err());
    }
}
