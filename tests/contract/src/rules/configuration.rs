//! docs/deploying.md: the table of configuration has each parameter with its default, and each variable
//! with the functions that get it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "docs/deploying.md";
const HEAD: &str = "| variable | parameter | default |";

/// Compares the table with template.yaml.
pub fn check(project: &Project) -> Vec<Finding> {
    // That the page is missing is for the links to it to say.
    let Ok(text) = std::fs::read_to_string(project.root.join(FILE)) else { return Vec::new() };
    let table = text.lines().skip_while(|line| !line.starts_with(HEAD)).skip(2);
    let rows: Vec<Vec<&str>> = table
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let mut findings = Vec::new();
    let mut wrong = |says: String| {
        findings.push(Finding::new(FILE, says, "correct the table of configuration"));
    };

    let parameters = project.template.document.get("Parameters").and_then(Value::as_object);
    for (name, parameter) in parameters.into_iter().flatten() {
        let rows: Vec<_> = rows.iter().filter(|row| names(cell(row, 1)).contains(name)).collect();
        let [row] = rows[..] else {
            wrong(format!("{} rows name the parameter {name}, not one", rows.len()));
            continue;
        };
        let stated = cell(row, 2);
        if !states(stated, parameter.get("Default")) {
            wrong(format!("the default of {name} is not \"{stated}\""));
        }
    }
    let functions = &project.template.functions;
    let variables: BTreeSet<&String> =
        functions.iter().flat_map(|f| f.environment.keys()).collect();
    for variable in variables {
        let rows: Vec<_> =
            rows.iter().filter(|row| names(cell(row, 0)).contains(variable)).collect();
        let [row] = rows[..] else {
            wrong(format!("{} rows name the variable {variable}, not one", rows.len()));
            continue;
        };
        let who = functions.iter().filter(|function| function.environment.contains_key(variable));
        let who: BTreeSet<String> = who.map(|function| function.name.clone()).collect();
        let stated = cell(row, 4);
        let fits = match stated {
            "all" => who.len() == functions.len(),
            // The sentence below the table names them.
            "those that sign" | "those that sign, those of codes, and those of providers" => true,
            list if list.contains("those") => names(list).is_subset(&who),
            list => names(list) == who,
        };
        if !fits {
            wrong(format!("{variable} is for {who:?}, not for {stated}"));
        }
    }
    findings
}

fn cell<'a>(row: &[&'a str], index: usize) -> &'a str {
    row.get(index).copied().unwrap_or_default()
}

/// What stands between backticks.
fn names(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether a cell says what the default is. A long list is described.
fn states(cell: &str, default: Option<&Value>) -> bool {
    match default {
        None => cell == "required",
        Some(Value::String(text)) if text.is_empty() => !cell.is_empty() && cell != "required",
        Some(Value::String(text)) if text.contains(',') => !cell.is_empty(),
        Some(Value::String(text)) => cell.trim_matches('`') == text,
        Some(other) => *cell == *other.to_string(),
    }
}
