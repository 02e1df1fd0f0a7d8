//! template.yaml alone: its names agree with each other, and no function states a default.

use std::collections::BTreeMap;

use serde_json::Value;
use template::{Api, Auth, Function, Route};

use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";

/// Checks each function's names, access and events, and that no route occurs twice.
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
    let resource = project.template.document.pointer(&format!("/Resources/{id}"));
    let stated = |pointer: &str| resource.and_then(|resource| resource.pointer(pointer));
    let code = stated("/Properties/CodeUri").and_then(Value::as_str).unwrap_or_default();
    let expected = format!("target/lambda/{name}");
    if code != expected {
        let says = format!("{id}: CodeUri is \"{code}\"");
        findings.push(Finding::new(FILE, says, format!("write {expected}")));
    }
    let memory = project.template.document.pointer("/Globals/Function/MemorySize");
    let needless = [
        // CloudFormation can't replace a function that has a fixed name.
        ("FunctionName", stated("/Properties/FunctionName").is_some()),
        ("MemorySize", memory.is_some() && stated("/Properties/MemorySize") == memory),
        ("Auth", stated("/Metadata/Auth").and_then(Value::as_str) == Some("required")),
    ];
    for (property, _) in needless.into_iter().filter(|(_, is_stated)| *is_stated) {
        let says = format!("{id}: {property} is needless");
        findings.push(Finding::new(FILE, says, "leave it out"));
    }
}

fn access(function: &Function, findings: &mut Vec<Finding>) {
    let id = &function.logical_id;
    let routes = function.routes.len();
    let background = function.auth == Auth::Background;
    if background && routes > 0 {
        findings.push(Finding::new(
            FILE,
            format!("{id} has a route and Auth: background"),
            "leave Auth out, or write optional or public",
        ));
    } else if !background && routes != 1 && !takes_preflights_only(function) {
        findings.push(Finding::new(
            FILE,
            format!("{id} has {routes} routes, not one"),
            "give each function one route, or write Auth: background",
        ));
    } else if background
        && function.streams.is_empty()
        && function.schedules.is_empty()
        && function.topics.is_empty()
    {
        findings.push(Finding::new(
            FILE,
            format!("{id} is never started: no route, stream, schedule or topic"),
            "give it an event",
        ));
    }
}

/// Whether it has no route but that of every preflight of an HTTP API.
fn takes_preflights_only(function: &Function) -> bool {
    let all = |route: &Route| route.api == Api::Http && route.path == "/{proxy+}";
    function.routes.is_empty() && matches!(function.preflights.as_slice(), [one] if all(one))
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
