//! The functions' roles after SAM's translation: what the template says, and what SAM adds to it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use template::{Function, Template};

use super::FILE;
use crate::finding::Finding;

/// AWS's policies that SAM attaches by itself. Each allows its actions on all resources of the account.
const LOGS: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const STREAMS: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole";

/// Finds roles that allow more or less than the template says, but for what SAM is known to add.
pub fn check(template: &Template, translated: &Value) -> Vec<Finding> {
    let findings = template.functions.iter().flat_map(|function| {
        let role = format!("/Resources/{}Role/Properties", function.logical_id);
        let role = translated.pointer(&role).unwrap_or(&Value::Null);
        [attached(function, role), inline(template, function, role)]
    });
    findings.flatten().collect()
}

fn attached(function: &Function, role: &Value) -> Option<Finding> {
    let mut expected: BTreeSet<String> =
        function.managed_policies.iter().map(|id| json!({ "Ref": id }).to_string()).collect();
    expected.insert(json!(LOGS).to_string());
    if !function.streams.is_empty() {
        expected.insert(json!(STREAMS).to_string());
    }
    let found = role.get("ManagedPolicyArns").and_then(Value::as_array);
    let found: BTreeSet<String> = found.into_iter().flatten().map(Value::to_string).collect();
    differ(function, "attached policies", &json!(expected), &json!(found))
}

fn inline(template: &Template, function: &Function, role: &Value) -> Option<Finding> {
    let id = &function.logical_id;
    let policies = template.document.pointer(&format!("/Resources/{id}/Properties/Policies"));
    let policies = policies.and_then(Value::as_array).into_iter().flatten();
    let expected: Vec<&Value> = policies.filter_map(|policy| policy.get("Statement")).collect();
    let found = role.get("Policies").and_then(Value::as_array).into_iter().flatten();
    let found: Vec<Option<&Value>> =
        found.map(|policy| policy.pointer("/PolicyDocument/Statement")).collect();
    differ(function, "statements", &json!(expected), &json!(found))
}

fn differ(function: &Function, what: &str, expected: &Value, found: &Value) -> Option<Finding> {
    let (expected, found) = (long(expected), long(found));
    (expected != found).then(|| {
        Finding::new(
            FILE,
            format!("the role of {} has the {what} {found}, not {expected}", function.logical_id),
            "change the template, or name in tests/contract what SAM adds by itself",
        )
    })
}

/// The same with each `Fn::GetAtt` as a list, as SAM writes it.
fn long(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, inner)| match (name.as_str(), inner.as_str()) {
                ("Fn::GetAtt", Some(text)) => {
                    (name.clone(), text.splitn(2, '.').collect::<Vec<_>>().into())
                }
                _ => (name.clone(), long(inner)),
            })
            .collect(),
        Value::Array(values) => values.iter().map(long).collect(),
        other => other.clone(),
    }
}
