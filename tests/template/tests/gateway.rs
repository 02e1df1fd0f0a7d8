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
  Notes: { Type: AWS::Serverless::HttpApi, Properties: { StageName: $default } }
  Chat: { Type: AWS::Serverless::Api, Properties: { StageName: live } }
  Parts: { Type: AWS::Serverless::Api, Properties: { StageName: v2 } }
  NotesMapping: { Type: AWS::ApiGatewayV2::ApiMapping, Properties: { ApiId: !Ref Notes } }
  ChatMapping: { Type: AWS::ApiGatewayV2::ApiMapping, Properties: { ApiId: !Ref Chat, ApiMappingKey: my/chat } }
  PartsMapping: { Type: AWS::ApiGatewayV2::ApiMapping, Properties: { ApiId: !Ref Parts, ApiMappingKey: my/chat/parts } }
  Read:
    Type: AWS::Serverless::Function
    Metadata: { Auth: required }
    Properties:
      CodeUri: target/lambda/read
      Events:
        Any: { Type: HttpApi, Properties: { ApiId: !Ref Notes, Method: GET, Path: '/notes/{note_id}/parts' } }
        Literal: { Type: HttpApi, Properties: { ApiId: !Ref Notes, Method: GET, Path: /notes/all/parts } }
        Preflight: { Type: Api, Properties: { RestApiId: !Ref Chat, Method: OPTIONS, Path: '/{chat_id}' } }
        Others: { Type: HttpApi, Properties: { ApiId: !Ref Notes, Method: OPTIONS, Path: '/{proxy+}' } }
        Root: { Type: Api, Properties: { RestApiId: !Ref Chat, Method: POST, Path: / } }
        Rest: { Type: Api, Properties: { RestApiId: !Ref Chat, Method: POST, Path: '/{chat_id}' } }
        Parts: { Type: Api, Properties: { RestApiId: !Ref Parts, Method: POST, Path: / } }
        Part: { Type: Api, Properties: { RestApiId: !Ref Parts, Method: POST, Path: '/{part_id}' } }
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
    let host = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host"));
    let template = Template::parse(TEMPLATE, &Settings::default()).unwrap();
    let router = Router::new(&template);
    let host = host.map_or("", |(_, host)| host);
    let found = router.find_at(host, method, request.uri().path()).unwrap();
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
    let event = make("POST", "/my/chat/a%2Fb?x=1&x=2", &headers, b"\xff\xfe");
    assert_eq!(event["pathParameters"], json!({"chat_id": "a%2Fb"}));
    let context = &event["requestContext"];
    assert_eq!(context["domainName"], "api.test");
    assert_eq!(context["requestId"].as_str().unwrap().len(), 36);
    assert_eq!(event["multiValueHeaders"]["x-many"], json!(["a", "b"]));
    assert_eq!(event["headers"]["x-many"], "b");
    assert_eq!(event["multiValueQueryStringParameters"], json!({"x": ["1", "2"]}));
    assert_eq!(event["requestContext"]["identity"]["sourceIp"], "192.0.2.1");
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("//4="), &json!(true)));
}

/// What AWS documents and others have seen of it: a mapping cuts what chooses the resource, and no path.
#[test]
fn a_mapping_cuts_the_resource_and_no_path_and_an_own_host_has_the_stage() {
    let of = |event: &Value| {
        let context = &event["requestContext"];
        assert_eq!(
            (&event["resource"], &event["rawPath"]),
            (&context["resourcePath"], &Value::Null)
        );
        [&event["resource"], &event["path"], &context["path"], &context["stage"]]
            .map(|value| value.as_str().unwrap().to_owned())
    };
    let host = |host| [("host", host)];
    let (domain, own) = (host("api.test"), host("chat.execute-api.test:9000"));
    let mapped = |path| of(&make("POST", path, &domain, b""));
    let direct = |path| of(&make("POST", path, &own, b""));
    assert_eq!(mapped("/my/chat/7"), ["/{chat_id}", "/my/chat/7", "/my/chat/7", "live"]);
    assert_eq!(mapped("/my/chat"), ["/", "/my/chat", "/my/chat", "live"]);
    assert_eq!(mapped("/my/chat/"), ["/", "/my/chat/", "/my/chat/", "live"]);
    let part = ["/{part_id}", "/my/chat/parts/7", "/my/chat/parts/7", "v2"];
    assert_eq!(mapped("/my/chat/parts/7"), part);
    assert_eq!(direct("/live/7"), ["/{chat_id}", "/7", "/live/7", "live"]);
    assert_eq!(direct("/live"), ["/", "/", "/live", "live"]);
    assert_eq!(direct("/live/"), ["/", "/", "/live/", "live"]);
}

#[test]
fn an_http_api_of_the_empty_mapping_has_one_path_at_both_hosts() {
    for host in ["api.test", "notes.execute-api.test"] {
        let event = make("GET", "/notes/7/parts", &[("host", host)], b"");
        assert_eq!(event["rawPath"], "/notes/7/parts");
        assert_eq!(event["requestContext"]["http"]["path"], "/notes/7/parts");
        assert_eq!(event["requestContext"]["domainName"], host);
    }
}

/// AWS: `https://api.example.com/ordersandmore` goes to the API with the mapping `orders`.
#[test]
fn the_longest_mapping_that_a_path_begins_with_takes_it() {
    let template = Template::parse(TEMPLATE, &Settings::default()).unwrap();
    let router = Router::new(&template);
    for (path, mapping, resource) in [
        ("/my/chat", "my/chat", Some("/")),
        ("/my/chat/7", "my/chat", Some("/7")),
        ("/my/chat/7/other", "my/chat", Some("/7/other")),
        ("/my/chatter", "my/chat", None),
        ("/my/chat/parts", "my/chat/parts", Some("/")),
        ("/my/chat/parts/7", "my/chat/parts", Some("/7")),
        ("/my/chat/particle", "my/chat", Some("/particle")),
        ("/my", "", Some("/my")),
        ("/other/my/chat", "", Some("/other/my/chat")),
        ("/notes/all/parts", "", Some("/notes/all/parts")),
    ] {
        assert_eq!((router.mapping(path), router.resource(path)), (mapping, resource), "{path}");
        let api = if mapping.is_empty() { Api::Http } else { Api::Rest };
        assert_eq!(router.api(path), api, "{path}");
    }
    assert!(router.find("POST", "/my/chatter").is_none());
    assert_eq!(router.find("POST", "/my/chat/parts").unwrap().route.resource, "/");
}

#[test]
fn a_rest_api_has_its_own_paths_and_preflights() {
    let template = Template::parse(TEMPLATE, &Settings::default()).unwrap();
    let function = template.function("read").unwrap();
    assert_eq!((function.routes.len(), function.preflights.len()), (6, 2));
    let paths = function.routes.iter().filter(|route| route.api == Api::Rest);
    let paths: Vec<_> = paths.map(|route| route.path.as_str()).collect();
    assert_eq!(
        paths,
        ["/my/chat/parts/{part_id}", "/my/chat/parts", "/my/chat/{chat_id}", "/my/chat"]
    );
    let router = Router::new(&template);
    assert_eq!(router.find("OPTIONS", "/my/chat/7").unwrap().route.api, Api::Rest);
    let other = router.find("OPTIONS", "/my/chat/7/other");
    assert!(other.is_none(), "a REST API has its own paths only");
    let other = router.find("OPTIONS", "/notes/all/parts").unwrap();
    assert_eq!(
        (other.route.api, other.parameters["proxy"].as_str()),
        (Api::Http, "notes/all/parts")
    );
    assert!(router.find("GET", "/other").is_none() && router.find("OPTIONS", "/").is_none());
}

#[test]
fn the_own_host_of_an_api_leads_to_its_routes_only() {
    let template = Template::parse(TEMPLATE, &Settings::default()).unwrap();
    let router = Router::new(&template);
    let find = |host, method, path| router.find_at(host, method, path);
    let found = find("chat.execute-api.local", "POST", "/live/7").unwrap();
    assert_eq!(found.route.public_path("/live/7").as_deref(), Some("/my/chat/7"));
    assert_eq!(found.route.public_path("/live").as_deref(), Some("/my/chat"));
    for (host, method, path) in [
        ("chat.execute-api.local", "POST", "/my/chat/7"),
        ("chat.execute-api.local", "POST", "/lively"),
        ("chat.execute-api.local", "POST", "/v2/7"),
        ("chat.execute-api.local", "GET", "/notes/7/parts"),
        ("notes.execute-api.local", "POST", "/my/chat/7"),
        ("others.execute-api.local", "GET", "/notes/7/parts"),
    ] {
        assert!(find(host, method, path).is_none(), "{host} {method} {path}");
    }
    let apis = ["chat", "notes", "api"]
        .map(|name| router.api_at(&format!("{name}.execute-api.local"), "/my/chat"));
    assert_eq!(apis, [Api::Rest, Api::Http, Api::Http]);
    assert_eq!(router.api_at("api.local", "/my/chat"), Api::Rest);
}
