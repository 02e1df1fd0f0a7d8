//! openapi.yaml: one operation a route, of the function's name and with its access.

use template::{Auth, Function, Route};

use crate::finding::Finding;
use crate::openapi::Operation;
use crate::project::Project;

const FILE: &str = "openapi.yaml";

/// Checks both directions: a route without an operation, and an operation without a route.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for function in &project.template.functions {
        for route in &function.routes {
            let key = format!("{} {}", route.method, route.path);
            match project.openapi.operation(&route.method, &route.path) {
                None => findings.push(Finding::new(
                    FILE,
                    format!("{key} is missing"),
                    format!("describe it, with operationId: {}", function.name),
                )),
                Some(operation) => compare(project, function, route, operation, &mut findings),
            }
        }
    }
    for operation in project.openapi.operations() {
        let known = project.template.functions.iter().any(|function| {
            function.routes.iter().any(|route| {
                route.path == operation.path && route.method.eq_ignore_ascii_case(operation.method)
            })
        });
        if !known {
            findings.push(Finding::new(
                FILE,
                format!(
                    "{} {} is no route of template.yaml",
                    operation.method.to_uppercase(),
                    operation.path
                ),
                "add the function there, or remove the operation",
            ));
        }
    }
    findings
}

fn compare(
    project: &Project,
    function: &Function,
    route: &Route,
    operation: Operation<'_>,
    findings: &mut Vec<Finding>,
) {
    let key = format!("{} {}", route.method, route.path);
    if operation.id() != Some(function.name.as_str()) {
        findings.push(Finding::new(
            FILE,
            format!("{key}: operationId is {}", operation.id().unwrap_or("missing")),
            format!("write {}", function.name),
        ));
    }
    let auth = project.openapi.auth(operation);
    if auth != function.auth {
        findings.push(Finding::new(
            FILE,
            format!(
                "{key}: its security means {}, template.yaml says {}",
                word(auth),
                word(function.auth)
            ),
            format!("write {}", security(function.auth)),
        ));
    }
    let declared = project.openapi.path_parameters(operation);
    for name in placeholders(&route.path) {
        if !declared.iter().any(|(known, _)| *known == name) {
            findings.push(Finding::new(
                FILE,
                format!("{key}: the path parameter {name} is not declared"),
                "add it under parameters, with in: path",
            ));
        }
    }
}

/// The names in braces of a path.
fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// The word that template.yaml has for it.
pub fn word(auth: Auth) -> &'static str {
    match auth {
        Auth::Required => "required",
        Auth::Optional => "optional",
        Auth::Public => "public",
        Auth::Background => "background",
    }
}

fn security(auth: Auth) -> &'static str {
    match auth {
        Auth::Required => "security with a scheme and without an empty `{}`",
        Auth::Optional => "security with a scheme and an empty `{}`",
        Auth::Public | Auth::Background => "security: []",
    }
}
