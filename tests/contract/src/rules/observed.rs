//! template.yaml: what access logs may contain, and that alarms and dashboards look at metrics that exist.

use std::fs;

use serde_json::{Map, Value, json};

use super::tree::nodes;
use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";
const PAGE: &str = "docs/operating.md";
const METRICS: &str = "shared/src/log/metrics.rs";

/// More alarms would cost money in an account without others.
const MAX_ALARMS: usize = 10;

/// What access logs may contain: no path, no query, no header and no address of a client.
const VARIABLES: [&str; 14] = [
    "error.responseType",
    "httpMethod",
    "integration.requestId",
    "integration.status",
    "integrationErrorMessage",
    "integrationLatency",
    "integrationStatus",
    "requestId",
    "requestTime",
    "resourcePath",
    "responseLatency",
    "responseLength",
    "routeKey",
    "status",
];

/// Checks the formats of access logs, the alarms and the dashboards.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    formats(&project.template.document, &mut findings);
    let resources = project.template.document.get("Resources").and_then(Value::as_object);
    let alarms = of_type(resources, "AWS::CloudWatch::Alarm");
    if alarms.len() > MAX_ALARMS {
        let says = format!("there are {} alarms, more than {MAX_ALARMS}", alarms.len());
        findings.push(Finding::new(FILE, says, "let one alarm look at what belongs together"));
    }
    let read = |file: &str| fs::read_to_string(project.root.join(file)).unwrap_or_default();
    let (page, metrics) = (read(PAGE), read(METRICS));
    for (id, alarm) in alarms {
        alarm_rules(project, id, alarm, &page, &mut findings);
        let properties = alarm.get("Properties").unwrap_or(&Value::Null);
        if properties.get("Namespace") == Some(&json!("Tessera"))
            && let Some(name) = properties.get("MetricName").and_then(Value::as_str)
        {
            metric(&metrics, id, name, &mut findings);
        }
    }
    for (id, dashboard) in of_type(resources, "AWS::CloudWatch::Dashboard") {
        dashboard_rules(id, dashboard, &metrics, &mut findings);
    }
    findings
}

fn of_type<'a>(
    resources: Option<&'a Map<String, Value>>,
    kind: &str,
) -> Vec<(&'a String, &'a Value)> {
    let resources = resources.into_iter().flatten();
    resources.filter(|(_, resource)| resource.get("Type") == Some(&json!(kind))).collect()
}

/// Every format of an access log, wherever it stands.
fn formats(document: &Value, findings: &mut Vec<Finding>) {
    let texts = nodes(document).into_iter().filter_map(Value::as_str);
    texts.filter(|text| text.contains("$context.")).for_each(|text| format(text, findings));
}

fn format(text: &str, findings: &mut Vec<Finding>) {
    let mut parts = text.split("$context.");
    let mut sample = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let (name, rest) = part.split_at(part.find(|c| !is_name(c)).unwrap_or(part.len()));
        if !VARIABLES.contains(&name) {
            findings.push(Finding::new(
                FILE,
                format!("an access log contains $context.{name}"),
                "leave it out: paths and queries may contain secrets, and addresses are personal data",
            ));
        }
        sample.push('0');
        sample.push_str(rest);
    }
    if serde_json::from_str::<Map<String, Value>>(&sample).is_err() {
        let says = format!("an access log is not a JSON object: {text}");
        findings.push(Finding::new(FILE, says, "write an object with quoted names"));
    }
}

fn alarm_rules(
    project: &Project,
    id: &str,
    alarm: &Value,
    page: &str,
    findings: &mut Vec<Finding>,
) {
    let mut find = |says: String, remedy: &str| findings.push(Finding::new(FILE, says, remedy));
    if alarm.get("Condition").is_none() {
        find(format!("the alarm {id} exists without a topic"), "give it Condition: HasAlarms");
    }
    let actions = alarm.pointer("/Properties/AlarmActions");
    if actions != Some(&json!([{ "Ref": "AlarmTopicArn" }])) {
        find(format!("the alarm {id} tells nobody"), "give it AlarmActions: [!Ref AlarmTopicArn]");
    }
    if !page.contains(&format!("| `{id}` |")) {
        find(format!("{PAGE} does not list the alarm {id}"), "say there what to do first");
    }
    let dimensions = alarm.pointer("/Properties/Dimensions").and_then(Value::as_array);
    let stack = dimensions.into_iter().flatten().find(|one| one["Name"] == "stack");
    let issuer =
        project.template.document.pointer("/Globals/Function/Environment/Variables/TOKEN_ISSUER");
    if let Some(stack) = stack
        && stack.get("Value") != issuer
    {
        let says = format!("the alarm {id} looks at the metrics of another stack");
        find(says, "functions call the stack by TOKEN_ISSUER: use the same value");
    }
}

fn dashboard_rules(id: &str, dashboard: &Value, metrics: &str, findings: &mut Vec<Finding>) {
    let body = dashboard.pointer("/Properties/DashboardBody/Fn::Sub").and_then(Value::as_str);
    let Ok(body) = serde_json::from_str::<Value>(body.unwrap_or_default()) else {
        findings.push(Finding::new(FILE, format!("the body of {id} is not JSON"), "correct it"));
        return;
    };
    let widgets = body.get("widgets").and_then(Value::as_array).into_iter().flatten();
    let shown = widgets.filter_map(|widget| widget.pointer("/properties/metrics")?.as_array());
    for shown in shown.flatten().filter(|shown| shown[0] == "Tessera") {
        metric(metrics, id, shown[1].as_str().unwrap_or_default(), findings);
    }
}

/// A metric of our own is one of a log line, or of the one filter, which is named after the stack.
fn metric(metrics: &str, id: &str, name: &str, findings: &mut Vec<Finding>) {
    if !name.ends_with("-errors") && !metrics.contains(&format!("name: \"{name}\"")) {
        let says = format!("{id} looks at the metric {name}, which no log line has");
        findings.push(Finding::new(FILE, says, format!("use one of {METRICS}")));
    }
}
