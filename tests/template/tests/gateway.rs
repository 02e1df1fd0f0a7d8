//! Routes and events.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use serde_json::{Value, json};
use template::event::{Caller, event};
use template::router::{Match, Router};
use template::{Api, Settings, Template};

const TEMPLATE: &str = "
Resources:
  Table: { Type: AWS::DynamoDB::Table, Properties: {} }
  KeysTable: { Type: AWS::DynamoDB::Table, Properties: {} }
  Chat: { Type: AWS::Serverless::Api, Properties: { StageName: live } }
  Read:
    Type: AWS::Serverless::Function
    Metadata: { Auth: required }
    Properties:
      CodeUri: target/lambda/read
      Events:
        Any: { Type: HttpApi, Properties: { Method: GET, Path: '/notes/{note_id}/parts' } }
        Literal: { Type: HttpApi, Properties: { Method: GET, Path: /notes/all/parts } }
        Preflight: { Type: Api, Properties: { Method: OPTIONS, Path: '/chat/{chat_id}' } }
        Others: { Type: HttpApi, Properties: { Method: OPTIONS, Path: '/{proxy+}' } }
        Rest: { Type: Api, Properties: { RestApiId: !Ref Chat, Method: POST, Path: '/chat/{chat_id}' } }
";

fn find(method: &str, path: &str) -> Option<Match> {
    Router::new(&Template::parse(TEMPLATE, &Settings::default()).unwrap()).find(method, path)
}

fn make(method: &str, uri: &str, headers: &[(&str, &str)], body: &'static [u8]) -> Value {
    let mut request = http::Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body).unwrap();
    let found = find(method, request.uri().path()).unwrap();
    event(&found, &request, &Caller::now("192.0.2.1"))
}

#[test]
fn a_path_finds_its_function_and_parameters() {
    let found = find("GET", "/notes/a%20b/parts").unwrap();
    assert_eq!((found.function.as_str(), found.route.api), ("read", Api::Http));
    assert_eq!(found.parameters["note_id"], "a b");
    assert!(find("GET", "/notes/all/parts").unwrap().parameters.is_empty());
    for (method, path) in [
        ("POST", "/notes/a/parts"),
        ("GET", "/notes/a"),
        ("GET", "/notes//parts"),
        ("GET", "/notes/a/parts/"),
    ] {
        assert!(find(method, path).is_none(), "{method} {path}");
    }
}

#[test]
fn an_http_api_event_has_payload_format_2() {
    let headers = [
        ("Host", "api.test:9000"),
        ("X-Many", "a"),
        ("x-many", "b"),
        ("Cookie", "one=1; two=2;three=a=b"),
        ("Cookie", "four="),
        ("User-Agent", "test"),
        ("X-Forwarded-For", "203.0.113.9"),
    ];
    let event = make("GET", "/notes/a%20b/parts?x=1&y=%2B+z&x=2&flag", &headers, b"");
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "GET /notes/{note_id}/parts");
    assert_eq!(event["rawPath"], "/notes/a%20b/parts");
    assert_eq!(event["rawQueryString"], "x=1&y=%2B+z&x=2&flag");
    assert_eq!(event["queryStringParameters"], json!({"x": "1,2", "y": "+ z", "flag": ""}));
    assert_eq!(event["pathParameters"], json!({"note_id": "a b"}));
    assert_eq!(event["cookies"], json!(["one=1", "two=2", "three=a=b", "four="]));
    assert_eq!(event["headers"]["x-many"], "a,b");
    assert_eq!(event["headers"]["x-forwarded-for"], "203.0.113.9, 192.0.2.1");
    assert!(event["headers"].get("cookie").is_none());
    let context = &event["requestContext"];
    assert_eq!(context["http"]["sourceIp"], "192.0.2.1");
    assert_eq!(context["http"]["userAgent"], "test");
    assert_eq!(
        (&context["stage"], &context["domainName"]),
        (&json!("$default"), &json!("api.test"))
    );
    assert!(context["time"].as_str().unwrap().ends_with(" +0000"), "{context}");
    assert!(context["timeEpoch"].as_u64().unwrap() > 1_700_000_000_000);
    assert!(event.get("body").is_none());
    assert_eq!(event["isBase64Encoded"], false);
}

#[test]
fn a_rest_api_event_has_payload_format_1() {
    let headers = [("host", "api.test:9000"), ("x-many", "a"), ("x-many", "b")];
    let event = make("POST", "/chat/a%2Fb?x=1&x=2", &headers, b"\xff\xfe");
    assert_eq!(
        (&event["resource"], &event["path"]),
        (&json!("/chat/{chat_id}"), &json!("/chat/a%2Fb"))
    );
    assert_eq!(event["pathParameters"], json!({"chat_id": "a%2Fb"}));
    let context = &event["requestContext"];
    assert_eq!((&context["stage"], &context["path"]), (&json!("live"), &json!("/live/chat/a%2Fb")));
    assert_eq!(context["domainName"], "api.test");
    assert_eq!(context["requestId"].as_str().unwrap().len(), 36);
    assert_eq!(event["multiValueHeaders"]["x-many"], json!(["a", "b"]));
    assert_eq!(event["headers"]["x-many"], "b");
    assert_eq!(event["multiValueQueryStringParameters"], json!({"x": ["1", "2"]}));
    assert_eq!(event["requestContext"]["identity"]["sourceIp"], "192.0.2.1");
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("//4="), &json!(true)));
}

#[test]
fn a_rest_api_has_its_own_paths_and_preflights() {
    let template = Template::parse(TEMPLATE, &Settings::default()).unwrap();
    let function = template.function("read").unwrap();
    assert_eq!((function.routes.len(), function.preflights.len()), (3, 2));
    let router = Router::new(&template);
    assert_eq!(router.find("OPTIONS", "/chat/7").unwrap().route.api, Api::Rest);
    assert!(router.find("OPTIONS", "/chat/7/other").is_none(), "a REST API has its own paths only");
    let other = router.find("OPTIONS", "/notes/all/parts").unwrap();
    assert_eq!(
        (other.route.api, other.parameters["proxy"].as_str()),
        (Api::Http, "notes/all/parts")
    );
    assert!(router.find("GET", "/other").is_none() && router.find("OPTIONS", "/").is_none());
    for (path, api) in [
        ("/chat/7", Api::Rest),
        ("/chat", Api::Rest),
        ("/chat/7/other", Api::Rest),
        ("/chats", Api::Http),
        ("/notes/all/parts", Api::Http),
    ] {
        assert_eq!(router.api(path), api, "{path}");
    }
}
