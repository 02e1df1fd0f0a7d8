//! Stands before the table's engine, which lets any page of a browser read and write: programs of this
//! machine may, pages may not.

use anyhow::Result;
use harness::http::{self, Client, Request, Response, Server, StatusCode};
use hyper::HeaderMap;
use hyper::header::{CONTENT_LENGTH, HOST, HeaderName, ORIGIN};
use std::net::Ipv4Addr;

/// Only browsers send it; it says how the page that calls is related to this server.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Listens on this port, and passes on to the engine what may pass.
pub async fn start(port: u16, engine: &str) -> Result<Server> {
    let engine = engine.to_owned();
    let client = Client::default();
    Server::start(port, move |request, _| pass(client.clone(), engine.clone(), request)).await
}

async fn pass(client: Client, engine: String, mut request: Request) -> Result<Response> {
    if !is_allowed(request.headers()) {
        let why = "the table is for programs of this machine, not for pages";
        return Ok(http::message(StatusCode::FORBIDDEN, why));
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = format!("{engine}{path}").parse()?;
    for name in [HOST, CONTENT_LENGTH, ORIGIN] {
        request.headers_mut().remove(name);
    }
    client.send(request).await
}

/// Whether the request is of a program that called this machine by a name of its own. A page can
/// have any other name resolve to this machine.
pub fn is_allowed(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| {
        headers.get(name).map(|value| value.to_str().unwrap_or("not text").to_ascii_lowercase())
    };
    let Some(host) = text(&HOST) else { return false };
    let own_page = text(&ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    let near = text(&SEC_FETCH_SITE).is_none_or(|site| site == "none" || site == "same-origin");
    is_loopback(&host) && own_page && near
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    let address: Option<Ipv4Addr> = name.parse().ok();
    name == "localhost" || name == "[::1]" || address.is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::engine::Engine;

    const LIST: &str = "DynamoDB_20120810.ListTables";

    async fn send(url: &str, method: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = hyper::Request::builder().method(method).uri(format!("{url}/"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Client::default().send(request.body("{}".into()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn m7_the_table_responds_to_programs_and_to_no_page() {
        let engine = Engine::hidden(None).await.unwrap();
        let guard = start(0, engine.url()).await.unwrap();
        let url = format!("http://{}", guard.address);
        let port = guard.address.port();
        let call: &[(&str, &str)] = &[
            ("x-amz-target", LIST),
            ("content-type", "application/x-amz-json-1.0"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0",
            ),
            ("x-amz-date", "20260101T000000Z"),
        ];
        let with = |more: &[(&'static str, String)]| {
            let more: Vec<_> = more.iter().map(|(name, value)| (*name, value.clone())).collect();
            let url = url.clone();
            async move {
                let mut headers = call.to_vec();
                headers.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
                send(&url, "POST", &headers).await
            }
        };
        let own = format!("localhost:{port}");
        for program in [
            vec![],
            vec![("host", own.clone())],
            vec![("host", format!("127.0.0.1:{port}"))],
            vec![("host", format!("[::1]:{port}"))],
            vec![("host", own.clone()), ("origin", format!("http://{own}"))],
            vec![("host", own.clone()), ("sec-fetch-site", "same-origin".to_owned())],
            vec![("sec-fetch-site", "none".to_owned())],
        ] {
            let response = with(&program).await;
            assert_eq!(response.status(), 200, "{program:?} {response:?}");
            assert_eq!(response.body(), "{\"TableNames\":[]}", "{program:?}");
            assert!(!has_cors(&response), "{program:?} {response:?}");
        }
        for page in [
            vec![("origin", "https://example.com".to_owned())],
            vec![("origin", "http://localhost:3000".to_owned())],
            vec![("origin", "null".to_owned())],
            vec![("sec-fetch-site", "cross-site".to_owned())],
            vec![("sec-fetch-site", "same-site".to_owned())],
            // A name of the page's own, which resolves to this machine.
            vec![("host", format!("rebound.example.com:{port}"))],
            vec![("host", format!("127.0.0.1.example.com:{port}"))],
            vec![("host", format!("localhost.example.com:{port}"))],
        ] {
            let response = with(&page).await;
            assert_eq!(response.status(), 403, "{page:?} {response:?}");
            assert!(!has_cors(&response), "{page:?} {response:?}");
        }
        let preflight =
            [("origin", "https://example.com"), ("access-control-request-method", "POST")];
        let response = send(&url, "OPTIONS", &preflight).await;
        assert!(response.status() == 403 && !has_cors(&response), "{response:?}");
    }

    fn has_cors(response: &Response) -> bool {
        response.headers().keys().any(|name| name.as_str().starts_with("access-control-"))
    }
}
