//! A request in the formats of API Gateway's two kinds of API.

use harness::template::Route;
use serde_json::{Map, Value, json};

/// What both formats say.
pub struct Request {
    /// The path, without the stage.
    pub path: String,
    /// Its parameters.
    pub parameters: Map<String, Value>,
    /// Every header, once.
    pub headers: Map<String, Value>,
    /// The body, if there is one.
    pub body: Option<String>,
}

impl Request {
    /// As an HTTP API sends it: payload format 2.0.
    pub fn version_2(self, route: &Route) -> Value {
        let key = format!("{} {}", route.method, route.path);
        let mut event = json!({
            "version": "2.0",
            "routeKey": key,
            "rawPath": self.path,
            "rawQueryString": "",
            "headers": self.headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "example",
                "domainName": "api.example.com",
                "domainPrefix": "api",
                "http": {
                    "method": route.method,
                    "path": self.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "curl/8.5.0"
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": key,
                "stage": route.stage,
                "time": "01/Jan/2026:00:00:00 +0000",
                "timeEpoch": 1_767_225_600_000_u64
            },
            "isBase64Encoded": false
        });
        if let Some(fields) = event.as_object_mut() {
            if !self.parameters.is_empty() {
                fields.insert("pathParameters".to_owned(), Value::Object(self.parameters));
            }
            if let Some(body) = self.body {
                fields.insert("body".to_owned(), Value::String(body));
            }
        }
        event
    }

    /// As a REST API sends it: payload format 1.0.
    pub fn version_1(self, route: &Route) -> Value {
        let several: Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
        let parameters = self.parameters;
        json!({
            "resource": route.path,
            "path": self.path,
            "httpMethod": route.method,
            "headers": self.headers,
            "multiValueHeaders": several,
            "queryStringParameters": null,
            "multiValueQueryStringParameters": null,
            "pathParameters": if parameters.is_empty() { Value::Null } else { parameters.into() },
            "stageVariables": null,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "example",
                "domainName": "api.example.com",
                "domainPrefix": "api",
                "extendedRequestId": "JKJaXmPLvHcESHA=",
                "httpMethod": route.method,
                "identity": { "sourceIp": "192.0.2.1", "userAgent": "curl/8.5.0" },
                "path": format!("/{}{}", route.stage, self.path),
                "protocol": "HTTP/1.1",
                "requestId": "c6af9ac6-7b61-41e6-9a41-93e8deadbeef",
                "requestTime": "01/Jan/2026:00:00:00 +0000",
                "requestTimeEpoch": 1_767_225_600_000_u64,
                "resourceId": "example",
                "resourcePath": route.path,
                "stage": route.stage
            },
            "body": self.body,
            "isBase64Encoded": false
        })
    }
}
