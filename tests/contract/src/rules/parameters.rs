//! template.yaml: each parameter is used, secrets are not shown, and each rule says what it wants.

use serde_json::Value;

use super::tree::nodes;
use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";

/// Variables of functions whose values CloudFormation must not show.
const SECRETS: [&str; 3] = ["AUTH_SECRET", "AUTH_SECRET_PREVIOUS", "OPENAI_API_KEY"];

/// Checks each parameter, and each variable that has a secret.
pub fn check(project: &Project) -> Vec<Finding> {
    let document = &project.template.document;
    let sections = ["Rules", "Conditions", "Globals", "Resources", "Outputs"];
    let sections: Vec<&Value> = sections.iter().filter_map(|name| document.get(name)).collect();
    let parameters = document.get("Parameters").and_then(Value::as_object);
    let mut findings = Vec::new();
    for (name, parameter) in parameters.into_iter().flatten() {
        if !sections.iter().any(|section| refers(section, name)) {
            let says = format!("the parameter {name} changes nothing");
            findings.push(Finding::new(FILE, says, "use it, or remove it"));
        }
        let says_what = parameter.get("Description").and_then(Value::as_str);
        if says_what.is_none_or(str::is_empty) {
            let says = format!("the parameter {name} has no Description");
            findings.push(Finding::new(FILE, says, "say what it is"));
        }
    }
    let rules = document.get("Rules").and_then(Value::as_object);
    for (name, rule) in rules.into_iter().flatten() {
        let assertions = rule.get("Assertions").and_then(Value::as_array);
        let whole = |assertion: &Value| {
            assertion.get("Assert").is_some() && assertion.get("AssertDescription").is_some()
        };
        if !assertions.is_some_and(|list| !list.is_empty() && list.iter().all(whole)) {
            let says = format!("the rule {name} checks nothing, or does not say what it wants");
            findings.push(Finding::new(FILE, says, "write Assert and AssertDescription"));
        }
    }
    for variable in SECRETS {
        let sources = nodes(document).into_iter().filter_map(|node| node.get(variable));
        let hides = |source: &Value| {
            let name = source.get("Ref").and_then(Value::as_str).unwrap_or_default();
            document.pointer(&format!("/Parameters/{name}/NoEcho")) == Some(&Value::Bool(true))
        };
        for source in sources.filter(|source| !hides(source)) {
            let says = format!("{variable} has its value from {source}, which is shown");
            findings.push(Finding::new(FILE, says, "refer to a parameter with NoEcho: true"));
        }
    }
    findings
}

fn refers(section: &Value, parameter: &str) -> bool {
    let part = format!("${{{parameter}}}");
    nodes(section).into_iter().any(|node| {
        let text = |key| node.get(key).and_then(Value::as_str).unwrap_or_default();
        text("Ref") == parameter || text("Fn::Sub").contains(&part)
    })
}
