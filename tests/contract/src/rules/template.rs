//! template.yaml within itself: names that follow from one another.

use crate::finding::Finding;
use crate::project::Project;
use serde_json::Value;
use std::collections::BTreeMap;
use template::{Auth, Function};

const FILE: &str = "template.yaml";

/// Checks each function's names, its kind of access and its events; no route may stand twice.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut routes: BTreeMap<String, &str> = BTreeMap::new();
    for function in &project.template.functions {
        names(project, function, &mut findings);
        access(function, &mut findings);
        for route in &function.routes {
            let key = format!("{} {}", route.method, route.path);
            if let Some(other) = routes.insert(key.clone(), &function.name) {
                findings.push(Finding::new(
                    FILE,
                    format!("{key} is served by {other} and by {}", function.name),
                    "give one of them a route of its own",
                ));
            }
        }
    }
    findings
}

fn names(project: &Project, function: &Function, findings: &mut Vec<Finding>) {
    let id = &function.logical_id;
    let name = &function.name;
    let expected = pascal_case(name);
    if *id != expected {
        findings.push(Finding::new(
            FILE,
            format!("the function {name} is called {id}"),
            format!("call it {expected}"),
        ));
    }
    let property = |pointer: &str| {
        project
            .template
            .document
            .pointer(&format!("/Resources/{id}/Properties/{pointer}"))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let stated = [
        ("CodeUri", property("CodeUri"), format!("target/lambda/{name}")),
        ("FunctionName", property("FunctionName/Fn::Sub"), format!("${{AWS::StackName}}-{name}")),
    ];
    for (what, found, expected) in stated {
        if found != expected {
            findings.push(Finding::new(
                FILE,
                format!("{id}: {what} is \"{found}\""),
                format!("write {expected}"),
            ));
        }
    }
}

fn access(function: &Function, findings: &mut Vec<Finding>) {
    let id = &function.logical_id;
    let routes = function.routes.len();
    let background = function.auth == Auth::Background;
    if background && routes > 0 {
        findings.push(Finding::new(
            FILE,
            format!("{id} has a route but says Auth: background"),
            "say Auth: required, optional or public",
        ));
    } else if !background && routes != 1 {
        findings.push(Finding::new(
            FILE,
            format!("{id} has {routes} routes, not one"),
            "give each function one route, or say Auth: background",
        ));
    } else if background && function.streams.is_empty() && function.schedules.is_empty() {
        findings.push(Finding::new(
            FILE,
            format!("{id} is never started: no route, stream or schedule"),
            "give it an event",
        ));
    }
}

/// `get-profile` becomes `GetProfile`.
pub fn pascal_case(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let mut chars = word.chars();
            chars.next().map_or_else(String::new, |first| {
                first.to_ascii_uppercase().to_string() + chars.as_str()
            })
        })
        .collect()
}
