//! The rules themselves: a small project in which all agrees, and one planted fault after another.

#![allow(clippy::expect_used, reason = "helpers of tests may fail loudly")]

mod costs;
mod costs_sample;
mod observed;
mod rest;
mod sample;
mod secrets;
mod stated;

use contract::{agreement, architecture, fix};
use sample::Sample;

/// What the rules say of the sample, as one text.
fn findings(sample: &Sample) -> String {
    let findings = agreement(sample.root()).expect("the sample can be read");
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Changes one file of an agreeing sample and expects each text among the findings.
fn planted(name: &str, file: &str, change: impl Fn(&str) -> String, expected: &[&str]) {
    let sample = Sample::agreeing(name);
    sample.change(file, change);
    let found = findings(&sample);
    for text in expected {
        assert!(found.contains(text), "{name}: no \"{text}\" in:\n{found}");
    }
}

fn replaced<'a>(from: &'a str, to: &'a str) -> impl Fn(&str) -> String + 'a {
    move |text| {
        assert!(text.contains(from), "the sample has no {from}");
        text.replace(from, to)
    }
}

#[test]
fn fix_makes_the_rest_and_then_nothing_is_found() {
    let sample = Sample::new("fix");
    let before = findings(&sample);
    for text in [
        "Cargo.toml: the watch router lacks POST /api/notes/{note_id} to put-note",
        "events/put-note.json: is missing",
        "events/sweep.json: is missing",
        "docs/routes.md: the table of routes lacks: | POST | `/api/notes/{note_id}`",
    ] {
        assert!(before.contains(text), "no \"{text}\" in:\n{before}");
    }
    let written = fix::fix(sample.root()).expect("it can be fixed");
    assert_eq!(
        written,
        ["Cargo.toml", "events/put-note.json", "events/sweep.json", "docs/routes.md"]
    );
    assert_eq!(findings(&sample), "");
    assert_eq!(fix::fix(sample.root()).expect("again"), Vec::<String>::new());
    let manifest = sample.read("Cargo.toml");
    assert!(manifest.starts_with("# The sample's own comment.\n[workspace]"));
    assert!(manifest.contains(
        "[workspace.metadata.lambda.watch.router]\n\"/api/notes/{note_id}\" = [{ method = \"POST\", function = \"put-note\" }]"
    ));
}

#[test]
fn the_table_of_configuration_is_that_of_the_template() {
    let (file, row) = ("docs/deploying.md", "| | `RestoredTableStream` | none |");
    for (name, to, says) in [
        ("no-row", "| | | none |", "0 rows name the parameter RestoredTableStream, not one"),
        ("default", "| | `RestoredTableStream` | required |", "the default of RestoredTableStream"),
    ] {
        planted(&format!("configuration-{name}"), file, replaced(row, to), &[says]);
    }
    let code = "      CodeUri: target/lambda/put-note\n";
    let with = format!("{code}      Environment: {{ Variables: {{ NOTES: many }} }}\n");
    let template = replaced(code, &with);
    planted("variable", "template.yaml", &template, &["0 rows name the variable NOTES, not one"]);
    let sample = Sample::agreeing("variable-of-another");
    sample.change("template.yaml", &template);
    sample.change(file, |text| format!("{text}| `NOTES` | | many | how many | `sweep` |\n"));
    assert!(findings(&sample).contains("NOTES is for {\"put-note\"}, not for `sweep`"));
}

#[test]
fn names_follow_from_the_function() {
    planted(
        "logical-id",
        "template.yaml",
        replaced("PutNote:", "Note:"),
        &["template.yaml: the function put-note is called Note", "call it PutNote"],
    );
    let code = "      CodeUri: target/lambda/put-note\n";
    for (property, says) in [
        ("FunctionName: put-note", "PutNote: FunctionName is needless"),
        ("MemorySize: 256", "PutNote: MemorySize is needless"),
    ] {
        let with = format!("{code}      {property}\n");
        let name = property.replace(": ", "-");
        planted(&name, "template.yaml", replaced(code, &with), &[says]);
    }
    planted(
        "code",
        "template.yaml",
        replaced("target/lambda/put-note", "build/put-note"),
        &["PutNote: CodeUri is \"build/put-note\""],
    );
    planted(
        "access",
        "template.yaml",
        replaced("Auth: background", "Auth: some"),
        &["template.yaml: in Sweep: Metadata.Auth must be"],
    );
    let properties = "    Properties:\n      CodeUri: target/lambda/put-note";
    planted(
        "needless-access",
        "template.yaml",
        replaced(properties, &format!("    Metadata: {{ Auth: required }}\n{properties}")),
        &["PutNote: Auth is needless"],
    );
    planted(
        "no-access",
        "template.yaml",
        replaced("    Metadata: { Auth: background }\n", ""),
        &["Sweep has 0 routes, not one"],
    );
    planted(
        "package",
        "functions/notes/put-note/Cargo.toml",
        replaced("\"put-note\"", "\"notes\""),
        &["functions/notes/put-note/Cargo.toml: the package is called notes"],
    );
    planted(
        "binary",
        "functions/notes/put-note/Cargo.toml",
        |text| format!("{text}\n[[bin]]\nname = \"other\"\npath = \"src/main.rs\"\n"),
        &["builds other"],
    );
}

#[test]
fn main_serves_those_whom_the_template_lets_in() {
    let note = "functions/notes/put-note/src/main.rs";
    let says = "but template.yaml says Auth: required";
    let properties = "    Properties:\n      CodeUri: target/lambda/put-note";
    planted("anyone", note, replaced("serve_signed_in(", "serve("), &[says, "`serve`"]);
    planted("nothing", note, replaced("serve_signed_in(handler)", ""), &[says]);
    planted(
        "public",
        "template.yaml",
        replaced(properties, &format!("    Metadata: {{ Auth: public }}\n{properties}")),
        &["its main calls `serve_signed_in`, but template.yaml says Auth: public"],
    );
    planted(
        "background",
        "functions/background/sweep/src/main.rs",
        replaced("serve_background", "serve_signed_in_with"),
        &["its main calls `serve_signed_in_with`, but template.yaml says Auth: background"],
    );
}

#[test]
fn a_function_is_found_wherever_it_is_missing() {
    planted(
        "no-function",
        "template.yaml",
        |text| text.split("  PutNote:").next().expect("a head").to_owned(),
        &[
            "functions/notes/put-note: is not in template.yaml",
            "openapi.yaml: POST /api/notes/{note_id} is no route of template.yaml",
            "Cargo.toml: the watch router has POST /api/notes/{note_id} to put-note",
            "events/put-note.json: belongs to no function",
            "docs/routes.md: the table of routes has out of date",
        ],
    );
    planted(
        "no-directory",
        "template.yaml",
        |text| text.replace("put-note", "add-note").replace("PutNote", "AddNote"),
        &["template.yaml: add-note has no directory", "add functions/<area>/add-note"],
    );
    planted(
        "no-operation",
        "openapi.yaml",
        replaced("    post:", "    put:"),
        &["openapi.yaml: POST /api/notes/{note_id} is missing"],
    );
}

#[test]
fn the_operation_is_the_functions() {
    planted(
        "operation-id",
        "openapi.yaml",
        replaced("operationId: put-note", "operationId: note"),
        &["operationId is note", "write put-note"],
    );
    planted(
        "security",
        "openapi.yaml",
        replaced("security: [{ bearer: [] }]", "security: []"),
        &["its security means public, template.yaml says required"],
    );
    planted(
        "parameter",
        "openapi.yaml",
        replaced("name: note_id", "name: id"),
        &["the path parameter note_id is not declared"],
    );
}

#[test]
fn the_first_line_repeats_the_route() {
    planted(
        "first-line",
        "functions/notes/put-note/src/main.rs",
        replaced("POST /api", "PUT /api"),
        &["functions/notes/put-note/src/main.rs: begins with `//! PUT /api/notes/{note_id}"],
    );
    planted(
        "background-line",
        "functions/background/sweep/src/main.rs",
        replaced("background: ", ""),
        &["begin with `//! background: `"],
    );
}

#[test]
fn events_fit_their_route() {
    let event = "events/put-note.json";
    planted("event-path", event, replaced("/api/notes/7", "/api/note/7"), &["does not fit"]);
    planted("event-route", event, replaced("notes/7", "notes/{note_id}"), &["does not fit"]);
    planted(
        "event-body",
        event,
        replaced("\\\"text\\\"", "\\\"words\\\""),
        &["its body lacks text"],
    );
    planted("event-token", event, replaced("authorization", "cookie"), &["has no bearer token"]);
    planted("event-parameter", event, replaced("\"7\"", "\"8\""), &["pathParameters.note_id"]);
    planted(
        "event-record",
        "events/sweep.json",
        replaced("SWEEPS", "OTHERS"),
        &["events/sweep.json: has no stream record that its filter lets through"],
    );
}

#[test]
fn an_unreadable_file_is_a_finding() {
    planted(
        "yaml",
        "openapi.yaml",
        |_| "a: [".to_owned(),
        &["openapi.yaml: ", "correct this first"],
    );
    planted("markers", "docs/routes.md", |_| String::new(), &["routes.md: has no table of routes"]);
}

#[test]
fn the_architecture_is_looked_at_file_by_file() {
    let sample = Sample::agreeing("architecture");
    sample.write("shared/src/id.rs", "use crate::http::Request;\nuse lambda_http::Body;\n");
    sample.write("shared/src/text/a.rs", "use super::b::B;\n");
    sample.write("shared/src/text/b.rs", "use crate::text::a::A;\n");
    sample.write("shared/src/text/c/d.rs", "use super::super::b::B;\n");
    sample.write("shared/clippy.toml", "disallowed-methods = []\n");
    sample.write("docs/architecture.md", "<!-- modules -->\n<!-- /modules -->\n");
    sample.write("docs/decisions/first.md", "");
    sample.write("xtask/src/long.rs", &"// A line.\n".repeat(301));
    let findings = architecture::check(sample.root()).expect("it can be read");
    let files: Vec<&str> = findings.iter().map(|finding| finding.file.as_str()).collect();
    assert_eq!(
        files,
        [
            "shared/src/id.rs",
            "shared/src/text/c/d.rs",
            "shared/src/id.rs",
            "xtask/src/long.rs",
            "docs/architecture.md",
            "shared/src/text/a.rs",
            "functions/clippy.toml",
            "docs/decisions/first.md"
        ]
    );
    assert_eq!(fix::fix(sample.root()).expect("it can be fixed"), ["docs/architecture.md"]);
    let order = "<!-- modules -->\n```text\ncauses ← clock ← log ← digest ← ";
    assert!(sample.read("docs/architecture.md").starts_with(order));
}
