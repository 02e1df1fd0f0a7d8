//! The rules themselves: a small project in which all agrees, and one planted fault after another.

#![allow(clippy::expect_used, reason = "helpers of tests may fail loudly")]

mod rest;
mod sample;

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
        "README.md: the table of routes lacks: | POST | `/api/notes/{note_id}`",
    ] {
        assert!(before.contains(text), "no \"{text}\" in:\n{before}");
    }
    let written = fix::fix(sample.root()).expect("it can be fixed");
    assert_eq!(written, ["Cargo.toml", "events/put-note.json", "events/sweep.json", "README.md"]);
    assert_eq!(findings(&sample), "");
    assert_eq!(fix::fix(sample.root()).expect("again"), Vec::<String>::new());
    let manifest = sample.read("Cargo.toml");
    assert!(manifest.starts_with("# The sample's own comment.\n[workspace]"));
    assert!(manifest.contains(
        "[workspace.metadata.lambda.watch.router]\n\"/api/notes/{note_id}\" = [{ method = \"POST\", function = \"put-note\" }]"
    ));
}

#[test]
fn names_follow_from_the_function() {
    planted(
        "logical-id",
        "template.yaml",
        replaced("PutNote:", "Note:"),
        &["template.yaml: the function put-note is called Note", "call it PutNote"],
    );
    planted(
        "function-name",
        "template.yaml",
        replaced("${AWS::StackName}-put-note", "put-note"),
        &["PutNote: FunctionName is \"put-note\""],
    );
    planted(
        "code",
        "template.yaml",
        replaced("target/lambda/put-note", "build/put-note"),
        &["PutNote: CodeUri is \"build/put-note\""],
    );
    planted(
        "access",
        "template.yaml",
        replaced("Auth: required", "Auth: some"),
        &["template.yaml: in PutNote: Metadata.Auth must be"],
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
    planted("anyone", note, replaced("serve_signed_in(", "serve("), &[says, "`serve`"]);
    planted("nothing", note, replaced("serve_signed_in(handler)", ""), &[says]);
    planted(
        "public",
        "template.yaml",
        replaced("Auth: required", "Auth: public"),
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
fn only_functions_that_sign_reach_secrets_and_sealed_keys() {
    let template = "template.yaml";
    let variable = |name: &str| {
        let with = format!(
            "CodeUri: target/lambda/put-note\n      Environment: {{ Variables: {{ {name}: x }} }}\n"
        );
        let says = format!("PutNote: {name} is for the functions that sign");
        let change = |text: &str| text.replace("CodeUri: target/lambda/put-note\n", &with);
        planted(&format!("variable-{name}"), template, change, &[&says]);
    };
    for name in ["AUTH_SECRET", "AUTH_SECRET_PREVIOUS", "KEY_ROTATION_DAYS"] {
        variable(name);
    }
    planted(
        "no-denial",
        template,
        replaced("        - !Ref NoSealedKeys\n", ""),
        &["PutNote lacks NoSealedKeys", "add !Ref NoSealedKeys under Policies"],
    );
    planted(
        "other-denial",
        template,
        replaced("- !Ref NoSealedKeys\n", "- !Ref NoSealedTokenKeys\n"),
        &[
            "PutNote lacks NoSealedKeys",
            "PutNote has NoSealedTokenKeys",
            "NoSealedTokenKeys does not deny every call that names sealed keys",
        ],
    );
    planted(
        "half-a-denial",
        template,
        replaced("[SIGNING_KEYS#SEALED, TOKEN_KEYS#SEALED]", "[SIGNING_KEYS#SEALED]"),
        &["NoSealedKeys does not deny every call that names sealed keys"],
    );
    planted(
        "no-denial-of-writes",
        template,
        replaced("[SIGNING_KEYS#PUBLIC, TOKEN_KEYS#PUBLIC]", "[SIGNING_KEYS#PUBLIC]"),
        &["and every write of public ones, of SIGNING_KEYS and TOKEN_KEYS"],
    );
    let signer = |name: &str| {
        let pascal = contract::pascal_case(name);
        let change = |text: &str| text.replace("put-note", name).replace("PutNote", &pascal);
        let own = if ["get-session", "token"].contains(&name) {
            "NoSealedSessionKeys"
        } else {
            "NoSealedTokenKeys"
        };
        let expected = [
            format!("{pascal}: AUTH_SECRET is for the functions that sign"),
            format!("{pascal} lacks {own}"),
            format!("{pascal} has NoSealedKeys"),
        ];
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        planted(&format!("signer-{name}"), template, change, &expected);
    };
    for name in ["signup", "signin", "sign-up-email", "sign-in-email", "change-password"] {
        signer(name);
    }
    for name in ["get-session", "token"] {
        signer(name);
    }
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
            "README.md: the table of routes has out of date",
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
        &["events/sweep.json: holds no stream record that its filter lets through"],
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
    planted("markers", "README.md", |_| String::new(), &["README.md: has no table of routes"]);
}

#[test]
fn the_architecture_is_looked_at_file_by_file() {
    let sample = Sample::agreeing("architecture");
    sample.write("shared/src/id.rs", "use crate::http::Request;\nuse std::env;\n");
    sample.write("docs/decisions/first.md", "");
    sample.write("xtask/src/long.rs", &"// A line.\n".repeat(301));
    let findings = architecture::check(sample.root()).expect("it can be read");
    let files: Vec<&str> = findings.iter().map(|finding| finding.file.as_str()).collect();
    assert_eq!(
        files,
        ["shared/src/id.rs", "shared/src/id.rs", "xtask/src/long.rs", "docs/decisions/first.md"]
    );
}
