//! docs/problems.md: its list of problems is that of shared/src/problem/code.rs and openapi.yaml.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::finding::Finding;
use crate::source::Source;

const DOC: &str = "docs/problems.md";
const CODE: &str = "shared/src/problem/code.rs";
const MORE_CODE: [&str; 2] = ["shared/src/problem/better_auth.rs", "shared/src/problem/oauth.rs"];
const CONTRACT: &str = "openapi.yaml";

/// Reports every problem that one of the three files lacks, and every status that differs.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let read = |file: &str| {
        std::fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))
    };
    let contract = template::yaml::parse(&read(CONTRACT)?).with_context(|| CONTRACT.to_owned())?;
    let mut given = in_code(CODE, &read(CODE)?)?;
    for file in MORE_CODE {
        given.extend(in_code(file, &read(file)?)?);
    }
    Ok(compare(&given, &contract, &read(DOC)?))
}

fn compare(given: &BTreeSet<String>, contract: &Value, doc: &str) -> Vec<Finding> {
    let described = in_doc(doc);
    let listed = enum_of(contract.pointer("/components/schemas/ProblemCode"));
    let responses = in_responses(contract);
    let mut findings = Vec::new();
    for name in given {
        if !listed.contains(name) {
            let remedy = "add it to ProblemCode and to the responses that have it";
            findings.push(Finding::new(CONTRACT, format!("lacks the problem {name}"), remedy));
        }
        match described.get(name) {
            None => {
                let remedy = "add its row: when it occurs, and what a client does";
                findings.push(Finding::new(DOC, format!("lacks {name}"), remedy));
            }
            Some(status) if responses.get(name).is_some_and(|all| all.join(" or ") != *status) => {
                let says = format!("gives {name} the status {status}, unlike {CONTRACT}");
                findings.push(Finding::new(DOC, says, "write the one that functions respond with"));
            }
            Some(_) => {}
        }
    }
    let unknown = |file, name: &String| {
        Finding::new(file, format!("has {name}, which {CODE} does not define"), "remove it")
    };
    findings.extend(listed.difference(given).map(|name| unknown(CONTRACT, name)));
    let described: BTreeSet<String> = described.into_keys().collect();
    findings.extend(described.difference(given).map(|name| unknown(DOC, name)));
    findings
}

fn in_code(file: &str, text: &str) -> Result<BTreeSet<String>> {
    let strings = Source::parse(file, text)?.strings;
    Ok(strings.into_iter().filter(|text| is_code(text)).collect())
}

/// Rows that begin with a code between backticks, and the status in the next cell.
fn in_doc(text: &str) -> BTreeMap<String, String> {
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        is_code(name).then(|| (name.to_owned(), cells.next().unwrap_or_default().to_owned()))
    });
    rows.collect()
}

fn enum_of(schema: Option<&Value>) -> BTreeSet<String> {
    let Some(schema) = schema else { return BTreeSet::new() };
    let many = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let names = many.chain(schema.get("const")).filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// The statuses of each code, from the responses among the components, which have both.
fn in_responses(contract: &Value) -> BTreeMap<String, Vec<String>> {
    let responses = contract.pointer("/components/responses").and_then(Value::as_object);
    let mut statuses: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for response in responses.into_iter().flatten().map(|(_, response)| response) {
        let parts = response.pointer("/content/application~1problem+json/schema/allOf");
        for part in parts.and_then(Value::as_array).into_iter().flatten() {
            if let Some(status) = part.pointer("/properties/status/const") {
                for code in enum_of(part.pointer("/properties/code")) {
                    statuses.entry(code).or_default().push(status.to_string());
                }
            }
        }
    }
    for statuses in statuses.values_mut() {
        statuses.sort();
        statuses.dedup();
    }
    statuses
}

fn is_code(text: &str) -> bool {
    text.len() > 3 && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CODES: &str = "fn code() { \"NOT_FOUND\"; \"IS_BUSY\" }";
    const ROWS: &str = "| `NOT_FOUND` | 404 | x | y |\n| `IS_BUSY` | 503 | x | y |\n";

    fn codes(text: &str) -> BTreeSet<String> {
        in_code(CODE, text).unwrap()
    }

    fn contract() -> Value {
        let response = |status: u16, code: &str| {
            let properties = json!({ "status": { "const": status }, "code": { "const": code } });
            let schema = json!({ "allOf": [{ "properties": properties }] });
            json!({ "content": { "application/problem+json": { "schema": schema } } })
        };
        json!({ "components": {
            "schemas": { "ProblemCode": { "enum": ["NOT_FOUND", "IS_BUSY"] } },
            "responses": { "A": response(404, "NOT_FOUND"), "B": response(503, "IS_BUSY") },
        }})
    }

    #[test]
    fn three_lists_that_agree_have_no_findings() {
        assert_eq!(compare(&codes(CODES), &contract(), ROWS), []);
    }

    #[test]
    fn each_difference_is_found() {
        let found = |code: &str, doc: &str| compare(&codes(code), &contract(), doc).len();
        assert_eq!(found(CODES, &ROWS.replace("IS_BUSY", "WAS_BUSY")), 2);
        assert_eq!(found(CODES, &ROWS.replace("503", "500")), 1);
        assert_eq!(found(&CODES.replace("IS_BUSY", "WAS_BUSY"), ROWS), 4);
    }
}
