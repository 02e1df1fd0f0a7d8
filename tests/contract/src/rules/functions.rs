//! The directories below `functions`: named as the function, each with the line that repeats its route.

use template::Function;

use crate::finding::Finding;
use crate::package::Package;
use crate::project::Project;

/// Crates that belong to one module of `shared`.
const NOT_FOR_FUNCTIONS: [&str; 5] =
    ["lambda_http", "aws-sdk-dynamodb", "aws-sdk-sesv2", "serde_dynamo", "hyper-util"];

/// Checks that every function has its directory, every directory its function, and both the same route.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for function in &project.template.functions {
        let Some(package) = project.package(&function.name) else {
            findings.push(Finding::new(
                "template.yaml",
                format!("{} has no directory", function.name),
                format!("add functions/<area>/{}", function.name),
            ));
            continue;
        };
        headline(package, function, &mut findings);
    }
    for package in &project.packages {
        if project.template.function(&package.name).is_none() {
            findings.push(Finding::new(
                &package.folder,
                "is not in template.yaml",
                "add the function there, or remove the directory",
            ));
        }
        names(package, &mut findings);
    }
    findings
}

fn names(package: &Package, findings: &mut Vec<Finding>) {
    let manifest = format!("{}/Cargo.toml", package.folder);
    if package.package_name != package.name {
        findings.push(Finding::new(
            &manifest,
            format!("the package is called {}", package.package_name),
            format!("call it {}, as its directory", package.name),
        ));
    }
    if package.binaries != [package.package_name.clone()] {
        findings.push(Finding::new(
            &manifest,
            format!("builds {}", package.binaries.join(", ")),
            "leave out [[bin]]: the one binary is called as the package",
        ));
    }
    for name in NOT_FOR_FUNCTIONS {
        if package.dependencies.iter().any(|dependency| dependency == name) {
            findings.push(Finding::new(
                &manifest,
                format!("depends on {name}"),
                "take what you need from `shared`",
            ));
        }
    }
}

fn headline(package: &Package, function: &Function, findings: &mut Vec<Finding>) {
    let expected = function.main_route().map_or_else(
        || "background".to_owned(),
        |route| format!("{} {}", route.method, route.path),
    );
    let wanted =
        format!("begin with `//! {expected}: ` and one sentence that ends with a full stop");
    let fits = package
        .headline()
        .is_some_and(|(route, sentence)| route == expected && is_sentence(sentence));
    if !fits {
        let says = package
            .first_line
            .as_ref()
            .map_or_else(|| "does not exist".to_owned(), |line| format!("begins with `{line}`"));
        findings.push(Finding::new(package.main(), says, wanted));
    }
}

fn is_sentence(text: &str) -> bool {
    text.len() > 1 && text.ends_with('.') && !text.contains('|')
}
