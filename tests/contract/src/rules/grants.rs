//! template.yaml: permissions name their actions and resources, and nothing but two parameters names the
//! table, so that a restored one can take its place.

use serde_json::{Map, Value};
use template::{TABLE, TABLE_IN_USE};

use super::statements;
use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";

/// What may be wide: the region of Bedrock, since an inference profile calls its model in several.
const WIDE: &str = ":bedrock:*:";

/// Checks every statement, and every reference to the table.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    let document = &project.template.document;
    for statement in statements::of(document) {
        let actions = statements::texts(statement.get("Action"));
        if actions.is_empty() || actions.iter().any(|action| action.contains('*')) {
            let says = format!("a statement does not name its actions: {statement}");
            findings.push(Finding::new(FILE, says, "write each action under Action"));
        }
        let wide = |resource: &String| resource.replacen(WIDE, "", 1).contains('*');
        let resources = statements::texts(statement.get("Resource"));
        if resources.is_empty() || resources.iter().any(wide) {
            let says = format!("a statement does not name its resources: {statement}");
            findings.push(Finding::new(FILE, says, "write each resource under Resource"));
        }
    }
    let resources = document.get("Resources").and_then(Value::as_object);
    let users = resources.into_iter().flatten().filter(|(id, _)| !id.starts_with(TABLE_IN_USE));
    for (id, resource) in users {
        direct(id, resource, &mut findings);
    }
    for section in ["Globals", "Outputs"] {
        direct(section, document.get(section).unwrap_or(&Value::Null), &mut findings);
    }
    findings
}

/// Finds references to the stack's own table, other than beside one to the restored table.
fn direct(id: &str, value: &Value, findings: &mut Vec<Finding>) {
    match value {
        Value::Object(fields) if chooses(fields) => {}
        Value::Object(fields) => {
            if fields.iter().any(|(key, value)| names_the_table(key, value)) {
                findings.push(Finding::new(
                    FILE,
                    format!("{id} names the stack's own table, not the table in use: {value}"),
                    format!(
                        "write !GetAtt {TABLE_IN_USE}.Value or !GetAtt {TABLE_IN_USE}Arn.Value"
                    ),
                ));
            }
            fields.values().for_each(|value| direct(id, value, findings));
        }
        Value::Array(values) => values.iter().for_each(|value| direct(id, value, findings)),
        _ => {}
    }
}

fn chooses(fields: &Map<String, Value>) -> bool {
    fields.get("Fn::If").and_then(|parts| parts.get(0)).is_some_and(|name| name == "IsRestored")
}

fn names_the_table(key: &str, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    match key {
        "Ref" => text == TABLE,
        "Fn::GetAtt" => text.split('.').next() == Some(TABLE),
        "Fn::Sub" => [".", "}"].iter().any(|end| text.contains(&format!("${{{TABLE}{end}"))),
        _ => false,
    }
}
