//! Routes of a REST API: the rules, the sample event, and what SAM makes of them.

use contract::{fix, translated};
use serde_json::{Value, json};
use template::{Settings, Template};

use super::{findings, replaced};
use crate::sample::Sample;

const HTTP: &str = r#"          Type: HttpApi
          Properties: { Method: POST, Path: "/api/notes/{note_id}" }"#;

const REST: &str = r#"          Type: Api
          Properties: { RestApiId: !Ref NotesApi, Method: POST, Path: "/{note_id}", ResponseTransferMode: RESPONSE_STREAM, TimeoutInMillis: 9000 }
        Preflight:
          Type: Api
          Properties: { RestApiId: !Ref NotesApi, Method: OPTIONS, Path: "/{note_id}", ResponseTransferMode: RESPONSE_STREAM }"#;

const API: &str = "Resources:
  NotesApi: { Type: AWS::Serverless::Api, Properties: { StageName: live } }
  NotesMapping: { Type: AWS::ApiGatewayV2::ApiMapping, Properties: { ApiId: !Ref NotesApi, ApiMappingKey: api/notes, Stage: !Ref NotesApi.Stage } }";

/// The sample with its route behind a REST API, where all agrees.
fn sample(name: &str) -> Sample {
    let sample = Sample::new(name);
    sample.change("template.yaml", replaced(HTTP, REST));
    sample.change("template.yaml", replaced("Resources:", API));
    fix::fix(sample.root()).expect("the sample can be fixed");
    sample
}

fn planted(name: &str, file: &str, change: impl Fn(&str) -> String, expected: &[&str]) {
    let sample = sample(name);
    sample.change(file, change);
    let found = findings(&sample);
    for text in expected {
        assert!(found.contains(text), "{name}: no \"{text}\" in:\n{found}");
    }
}

#[test]
fn fix_writes_an_event_of_format_1_and_a_route_for_preflights() {
    let sample = sample("rest");
    assert_eq!(findings(&sample), "");
    let event: Value = serde_json::from_str(&sample.read("events/put-note.json")).expect("JSON");
    assert_eq!(event["resource"], "/{note_id}");
    assert_eq!((&event["path"], &event["httpMethod"]), (&json!("/api/notes/7"), &json!("POST")));
    assert_eq!(event["pathParameters"], json!({"note_id": "7"}));
    let token = &event["headers"]["authorization"];
    assert_eq!(event["multiValueHeaders"]["authorization"], json!([token]));
    assert_eq!(event["requestContext"]["path"], "/api/notes/7");
    assert_eq!(event["requestContext"]["identity"]["sourceIp"], "192.0.2.1");
    assert!(event["body"].as_str().is_some_and(|body| body.contains("text")));
    assert!(
        sample.read("Cargo.toml").contains("{ method = \"OPTIONS\", function = \"put-note\" }")
    );
}

#[test]
fn an_event_of_the_other_format_is_named() {
    planted(
        "rest-event",
        "events/put-note.json",
        replaced("\"resource\"", "\"routeKey\""),
        &["events/put-note.json: resource is \"\"", "write /{note_id}"],
    );
    planted(
        "rest-event-path",
        "events/put-note.json",
        replaced("/api/notes/7\",\n    \"protocol\"", "/live/7\",\n    \"protocol\""),
        &["requestContext.path is \"/live/7\"", "write /api/notes/7"],
    );
}

#[test]
fn a_route_names_its_api_and_has_a_preflight_of_its_own_kind() {
    planted(
        "rest-nameless",
        "template.yaml",
        replaced("RestApiId: !Ref NotesApi, Method: POST", "Method: POST"),
        &["POST /{note_id} has no API"],
    );
    planted(
        "rest-no-preflight",
        "template.yaml",
        replaced("Method: OPTIONS", "Method: PUT"),
        &["/api/notes/{note_id} has 0 preflights, not one"],
    );
    planted(
        "rest-strange-preflight",
        "template.yaml",
        replaced("OPTIONS, Path: \"/{note_id}\"", "OPTIONS, Path: \"/\""),
        &["PutNote serves OPTIONS /api/notes, which is not its path"],
    );
    planted(
        "rest-buffered-preflight",
        "template.yaml",
        replaced("RESPONSE_STREAM }", "BUFFERED }"),
        &["OPTIONS /api/notes/{note_id} has another API or transfer mode than the route"],
    );
}

#[test]
fn an_api_has_a_mapping_to_its_stage_and_no_route_of_another_api_is_below_it() {
    planted(
        "no-mapping",
        "template.yaml",
        replaced("ApiId: !Ref NotesApi, ApiMappingKey", "ApiId: !Ref OtherApi, ApiMappingKey"),
        &["POST /{note_id}: NotesApi has no API mapping", "ApiId: !Ref NotesApi"],
    );
    planted(
        "mapping-without-stage",
        "template.yaml",
        replaced("Stage: !Ref NotesApi.Stage", "Stage: live"),
        &["NotesMapping does not name the stage of its API", "write Stage: !Ref NotesApi.Stage"],
    );
    // AWS compares texts: the mapping takes /api/notes and /api/notesandmore alike.
    for path in ["/api/notes", "/api/notes/all", "/api/notesandmore"] {
        let event = format!("{{ Method: GET, Path: {path} }} }}");
        let http =
            format!("        More: {{ Type: HttpApi, Properties: {event}\n        Preflight:");
        planted(
            &format!("taken{}", path.replace('/', "-")),
            "template.yaml",
            replaced("        Preflight:", &http),
            &[&format!("GET {path} goes to the API of the mapping api/notes")],
        );
    }
    let sample = sample("not-taken");
    let event = "        More: { Type: HttpApi, Properties: { Method: GET, Path: /api/note } }\n";
    let event = format!("{event}        Preflight:");
    sample.change("template.yaml", replaced("        Preflight:", &event));
    assert!(!findings(&sample).contains("goes to the API"), "{}", findings(&sample));
}

#[test]
fn a_stream_ends_before_its_function_and_within_15_minutes() {
    planted(
        "rest-short-function",
        "template.yaml",
        replaced("TimeoutInMillis: 9000", "TimeoutInMillis: 11000"),
        &["PutNote ends before the gateway ends POST /api/notes/{note_id}"],
    );
    planted(
        "rest-long-stream",
        "template.yaml",
        replaced("TimeoutInMillis: 9000", "TimeoutInMillis: 900001"),
        &["POST /api/notes/{note_id} may stream for longer than 15 minutes"],
    );
}

#[test]
fn a_mode_that_sam_does_not_know_is_named() {
    let sample = sample("rest-mode");
    sample.change("template.yaml", replaced("RESPONSE_STREAM", "STREAM"));
    assert!(findings(&sample).contains("with RESPONSE_STREAM"), "{}", findings(&sample));
}

#[test]
fn a_route_that_sam_buffers_is_named() {
    let text = sample("rest-translated").read("template.yaml");
    let template = Template::parse(&text, &Settings::default()).expect("a template");
    let integration = |mode: &str, version: &str, action: &str| {
        let uri = "arn:aws:apigateway:${AWS::Region}:lambda:path";
        let uri = format!("{uri}/{version}/functions/${{PutNote.Arn}}/{action}");
        let mut integration = json!({"type": "aws_proxy", "uri": {"Fn::Sub": uri}});
        if !mode.is_empty() {
            integration["responseTransferMode"] = mode.into();
        }
        json!({"x-amazon-apigateway-integration": integration})
    };
    let streamed = integration("STREAM", "2021-11-15", "response-streaming-invocations");
    // What SAM makes of `ResponseTransferMode: STREAM`.
    let buffered = integration("", "2015-03-31", "invocations");
    let half = integration("STREAM", "2015-03-31", "invocations");
    let found = |post: &Value, options: &Value| {
        let paths = json!({"/{note_id}": {"post": post, "options": options}});
        let api = json!({"NotesApi": {"Properties": {"Body": {"paths": paths}}}});
        translated::routes(&template, &json!({"Resources": api})).len()
    };
    assert_eq!(found(&streamed, &streamed), 0);
    assert_eq!(found(&buffered, &streamed), 1);
    assert_eq!(found(&half, &buffered), 2);
    assert_eq!(translated::routes(&template, &json!({})).len(), 2);
    let text = text.replace("RESPONSE_STREAM", "BUFFERED");
    let template = Template::parse(&text, &Settings::default()).expect("a template");
    let found = |post: &Value| {
        let paths = json!({"/{note_id}": {"post": post, "options": buffered}});
        let api = json!({"NotesApi": {"Properties": {"Body": {"paths": paths}}}});
        translated::routes(&template, &json!({"Resources": api})).len()
    };
    assert_eq!((found(&buffered), found(&streamed)), (0, 1));
}
