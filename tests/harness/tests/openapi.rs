//! The contract finds what is wrong with an exchange.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use harness::openapi::OpenApi;
use hyper::HeaderMap;

const CONTRACT: &str = "
openapi: 3.1.0
paths:
  /notes/{note_id}:
    put:
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } }
      responses:
        '200': { content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }
        '204': { headers: { Retry-After: { schema: { $ref: '#/components/schemas/Seconds' } },
                            Set-Cookie: { schema: { type: string, pattern: '^[ab]=' } } } }
        '401': { $ref: '#/components/responses/Problem' }
components:
  responses:
    Problem:
      headers: { WWW-Authenticate: { required: true, schema: { type: string } } }
      content: { application/problem+json: { schema: { type: object } } }
  schemas:
    Note:
      type: object
      properties: { made: { $ref: '#/components/schemas/Date' } }
      required: [made]
      additionalProperties: false
    Date: { type: string, format: date-time }
    Seconds: { type: integer, minimum: 1 }
";

fn check(status: u16, kind: &str, body: &str) -> Result<(), String> {
    let mut headers = HeaderMap::new();
    if !kind.is_empty() {
        headers.insert("content-type", kind.parse().unwrap());
    }
    if body == "signed" {
        headers.insert("www-authenticate", "Bearer".parse().unwrap());
    }
    let body = if body == "signed" { "{}" } else { body };
    let contract = OpenApi::new(template::yaml::parse(CONTRACT).unwrap());
    let checked = contract.check_response("PUT", "/notes/7", status, &headers, body.as_bytes());
    checked.map_err(|error| format!("{error:#}"))
}

#[test]
fn responses_are_checked() {
    let json = "application/json; charset=utf-8";
    assert_eq!(check(200, json, r#"{"made": "2026-01-02T03:04:05.678Z"}"#), Ok(()));
    assert_eq!(check(204, "", ""), Ok(()));
    assert_eq!(check(401, "application/problem+json", "signed"), Ok(()));
    for (status, kind, body, complaint) in [
        (200, json, r#"{"made": "yesterday"}"#, "date-time"),
        (200, json, r#"{"made": "2026-01-02T03:04:05.678Z", "more": 1}"#, "'more'"),
        (200, json, "{", "not JSON"),
        (200, "text/plain", "hello", "content type \"text/plain\""),
        (201, json, "{}", "status 201 is not documented"),
        (204, json, "{}", "a body where none is documented"),
        (401, "application/problem+json", "{}", "lacks the header WWW-Authenticate"),
    ] {
        let found = check(status, kind, body).unwrap_err();
        assert!(found.contains(complaint), "{found}");
    }
}

#[test]
fn every_value_of_a_documented_header_is_checked() {
    let contract = OpenApi::new(template::yaml::parse(CONTRACT).unwrap());
    let check = |pairs: &[(&'static str, &str)]| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let checked = contract.check_response("PUT", "/notes/7", 204, &headers, b"");
        checked.map_err(|error| format!("{error:#}"))
    };
    let (a, b, c) = (("set-cookie", "a=1"), ("set-cookie", "b=2"), ("set-cookie", "c=3"));
    assert_eq!(check(&[]), Ok(()));
    assert_eq!(check(&[a, b, ("retry-after", "5"), ("x-other", "7")]), Ok(()));
    assert!(check(&[a, c]).unwrap_err().contains("Set-Cookie must not be \"c=3\""));
    for seconds in ["0", "soon", "-1", "1.5"] {
        assert!(check(&[("retry-after", seconds)]).is_err(), "{seconds}");
    }
}

#[test]
fn a_head_is_checked_before_its_body_is_there() {
    let contract = OpenApi::new(template::yaml::parse(CONTRACT).unwrap());
    let check = |status, kind: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", kind.parse().unwrap());
        let checked = contract.check_head("PUT", "/notes/7", status, &headers);
        checked.map_err(|error| format!("{error:#}"))
    };
    assert_eq!(check(200, "application/json"), Ok(()));
    assert_eq!(check(204, "application/octet-stream"), Ok(()));
    assert!(check(200, "text/event-stream").unwrap_err().contains("content type"));
    assert!(check(401, "application/problem+json").unwrap_err().contains("WWW-Authenticate"));
    assert!(check(500, "application/json").unwrap_err().contains("status 500"));
}

#[test]
fn requests_are_checked() {
    let contract = OpenApi::new(template::yaml::parse(CONTRACT).unwrap());
    let check = |method, kind, body: &str| {
        contract.check_request(method, "/notes/7", kind, body.as_bytes())
    };
    assert!(
        check("PUT", Some("application/json"), r#"{"made": "2026-01-02T03:04:05.678Z"}"#).is_ok()
    );
    assert!(check("PUT", Some("application/json"), "{}").is_err());
    assert!(check("PUT", None, "").is_err());
    assert!(check("GET", None, "").unwrap_err().to_string().contains("no GET /notes/7"));
}
