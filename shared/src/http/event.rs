//! The gateways' events, and what the gateways themselves add to a request.

use lambda_http::RequestExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::http::header::{HOST, HeaderMap, HeaderValue};
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_runtime::LambdaEvent;

use super::Request;

/// Where the REST API is: the template maps this path to it, and its own paths are what follows.
const REST_API: &str = "/api/chat";

/// What the gateway knows about a request. No header can change it.
#[derive(Debug, Default)]
pub(super) struct GatewayContext<'a> {
    /// The id that the gateway gave to the request.
    pub(super) id: Option<&'a str>,
    /// The host that the client called.
    pub(super) host: Option<&'a str>,
    /// The client's IP address.
    pub(super) source_ip: Option<&'a str>,
    /// The route, such as `GET /api/conversations/{conversation_id}`. A path itself may contain a secret.
    pub(super) route: Option<String>,
}

impl Request {
    /// What the gateway knows about this request.
    pub(super) fn gateway_context(&self) -> GatewayContext<'_> {
        match self.0.request_context_ref() {
            Some(RequestContext::ApiGatewayV1(context)) => GatewayContext {
                id: context.request_id.as_deref(),
                host: context.domain_name.as_deref(),
                source_ip: context.identity.source_ip.as_deref(),
                route: context.resource_path.as_ref().map(|path| {
                    format!("{} {REST_API}{}", context.http_method, path.trim_end_matches('/'))
                }),
            },
            Some(RequestContext::ApiGatewayV2(context)) => GatewayContext {
                id: context.request_id.as_deref(),
                host: context.domain_name.as_deref(),
                source_ip: context.http.source_ip.as_deref(),
                route: context.route_key.clone(),
            },
            _ => GatewayContext::default(),
        }
    }
}

/// An event of the HTTP API. It is parsed as nothing else: by default `lambda_http` would first try to
/// parse each event as one of a REST API.
pub(super) fn of_http_api(
    event: LambdaEvent<ApiGatewayV2httpRequest>,
) -> LambdaEvent<LambdaRequest> {
    let LambdaEvent { mut payload, context } = event;
    if let Some(query) = payload.raw_query_string.take() {
        // The gateway's own map joins repeated parameters.
        payload.query_string_parameters = query.parse().unwrap_or_default();
    }
    payload.raw_path = None;
    without_uri(&mut payload.headers);
    LambdaEvent::new(LambdaRequest::ApiGatewayV2(payload), context)
}

/// An event of the REST API, or of `cargo lambda watch`, which sends events of an HTTP API. A REST API
/// sends each header twice: once with all its values, and once with the last value only, which would
/// replace the others.
pub(super) fn of_rest_api(event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    let LambdaEvent { payload, context } = event;
    match payload {
        LambdaRequest::ApiGatewayV2(request) => of_http_api(LambdaEvent::new(request, context)),
        LambdaRequest::ApiGatewayV1(mut request) => {
            if !request.multi_value_headers.is_empty() {
                request.headers.clear();
            }
            request.path = None;
            without_uri(&mut request.headers);
            LambdaEvent::new(LambdaRequest::ApiGatewayV1(request), context)
        }
        other => LambdaEvent::new(other, context),
    }
}

/// Puts fixed headers in place of those of which `lambda_http` makes a URI: it panics if a client wrote
/// something that can't be part of one. No function looks at that URI.
fn without_uri(headers: &mut HeaderMap) {
    headers.insert(HOST, HeaderValue::from_static("localhost"));
    headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::Context;
    use serde_json::{Value, json};

    fn http(query: &str, path: &str, headers: &Value) -> Request {
        let event = json!({
            "version": "2.0", "routeKey": "GET /x", "rawPath": path, "rawQueryString": query,
            "headers": headers, "isBase64Encoded": false,
            "requestContext": {
                "stage": "$default", "requestId": "1", "domainName": "api.test",
                "http": { "method": "GET", "path": path, "protocol": "HTTP/1.1" },
            },
        });
        let event = serde_json::from_value(event).unwrap();
        let event = of_http_api(LambdaEvent::new(event, Context::default())).payload;
        Request::new(event.into())
    }

    fn rest(parameters: &Value, path: &str, headers: &Value) -> Request {
        let event = json!({
            "resource": "/x", "path": path, "httpMethod": "GET", "headers": null,
            "multiValueHeaders": headers, "multiValueQueryStringParameters": parameters,
            "isBase64Encoded": false,
            "requestContext": {
                "stage": "live", "requestId": "1", "domainName": "api.test", "httpMethod": "GET",
                "identity": {},
            },
        });
        let event: LambdaRequest = serde_json::from_value(event).unwrap();
        assert!(matches!(event, LambdaRequest::ApiGatewayV1(_)));
        let event = of_rest_api(LambdaEvent::new(event, Context::default())).payload;
        Request::new(event.into())
    }

    const ODD: [&str; 8] = ["b c", "\"", "<b>", "\u{e4}", "{}|\\^`", "%", "[", "\u{7f}"];

    #[test]
    fn f8_a_query_may_contain_what_a_uri_may_not() {
        for odd in ODD {
            let request = http(&format!("a={odd}&x=1&x=2"), "/x", &json!({}));
            assert!(request.has_query("a", odd), "{odd:?}");
            assert!(request.has_query("x", "1"), "{odd:?}");
            let request = rest(&json!({ "a": [odd], "x": ["1", "2"] }), "/x", &json!({}));
            assert!(request.has_query("a", odd), "{odd:?}");
        }
        assert!(http("a=b+c", "/x", &json!({})).has_query("a", "b c"));
        assert!(http("a=%3Cb%3E", "/x", &json!({})).has_query("a", "<b>"));
    }

    #[test]
    fn f8_so_may_a_path_and_the_headers_that_name_the_host() {
        for odd in ODD {
            let path = format!("/{odd}");
            let headers = json!({ "host": odd, "x-forwarded-proto": format!("{odd},https") });
            let headers = if odd == "\u{7f}" { json!({}) } else { headers };
            assert_eq!(http("", &path, &headers).gateway_context().host, Some("api.test"));
            let headers: Value = headers
                .as_object()
                .map(|map| map.iter().map(|(name, value)| (name.clone(), json!([value]))).collect())
                .unwrap_or_default();
            assert_eq!(rest(&json!({}), &path, &headers).gateway_context().host, Some("api.test"));
        }
    }
}
