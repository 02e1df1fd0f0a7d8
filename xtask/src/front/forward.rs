//! Sends a request on to the functions and its answer back, both as they come.

use super::answers::{self, Answer};
use harness::http::{Body, BodySender};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, StatusCode, Uri, http};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::TokioExecutor;
use std::net::SocketAddr;
use std::time::Duration;

/// A function that died while it compiled or ran never answers; the reader's client should hear of it.
const PATIENCE: Duration = Duration::from_mins(2);

/// Headers that belong to one connection, and one with which `cargo lambda watch` marks a stream.
const OF_CONNECTION: [&str; 9] = [
    "connection",
    "keep-alive",
    "lambda-runtime-function-response-mode",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A client of the functions' server.
#[derive(Debug)]
pub struct Forward {
    client: Client<HttpConnector, Incoming>,
    server: String,
}

impl Forward {
    /// Takes the server's base URL.
    pub fn new(server: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            server: server.to_owned(),
        }
    }

    /// The functions' answer, or the one that API Gateway gives when there is none.
    pub async fn send(&self, request: Request<Incoming>, peer: SocketAddr) -> Answer {
        if is_too_large(request.headers()) {
            return answers::message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        let Ok(request) = self.prepare(request, peer) else {
            return answers::message(StatusCode::BAD_REQUEST, "Bad Request");
        };
        let target = format!("{} {}", request.method(), request.uri().path());
        // Apart from the client's connection: Lambda does not tell a function that it was closed.
        let answer = tokio::spawn(answer_of(self.client.request(request), target)).await;
        answer.unwrap_or_else(|_| unavailable())
    }

    fn prepare(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Request<Incoming>, http::Error> {
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = Uri::try_from(format!("{}{path}", self.server))?;
        parts.version = hyper::Version::HTTP_11;
        keep_end_to_end(&mut parts.headers);
        // API Gateway states these itself, whatever the client says.
        parts.headers.insert("x-forwarded-for", HeaderValue::from_str(&peer.ip().to_string())?);
        parts.headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
        Ok(Request::from_parts(parts, body))
    }
}

async fn answer_of(function: ResponseFuture, target: String) -> Answer {
    match tokio::time::timeout(PATIENCE, function).await {
        Ok(Ok(answer)) => {
            let (mut parts, body) = answer.into_parts();
            keep_end_to_end(&mut parts.headers);
            let (sender, coming) = Body::coming();
            tokio::spawn(pass(body, sender));
            Answer::from_parts(parts, coming)
        }
        Ok(Err(error)) => {
            eprintln!("{target}: no answer from the functions: {error}");
            unavailable()
        }
        Err(_) => {
            eprintln!(
                "{target}: its function has not answered. Does it compile? If it has died, start anew."
            );
            unavailable()
        }
    }
}

fn unavailable() -> Answer {
    answers::message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
}

/// Passes on what comes, also when the client has hung up: Lambda does not tell a function of it.
async fn pass(mut body: Incoming, sender: BodySender) {
    while let Some(frame) = body.frame().await {
        match frame.map(hyper::body::Frame::into_data) {
            Ok(Ok(bytes)) => sender.send(bytes),
            Ok(Err(_trailers)) => {}
            // Without its end, the client sees that it is cut off.
            Err(_) => return,
        }
    }
    sender.end();
}

/// API Gateway refuses bodies above 10 MB.
fn is_too_large(headers: &HeaderMap) -> bool {
    const MOST: u64 = 10 * 1024 * 1024;
    headers
        .get("content-length")
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok())
        .is_some_and(|length| length > MOST)
}

fn keep_end_to_end(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all("connection")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in OF_CONNECTION {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_connection_stay_behind() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("connection", "close, x-mine"), ("x-mine", "1"), ("te", "a"), ("etag", "b")]
        {
            headers.insert(name, HeaderValue::from_static(value));
        }
        keep_end_to_end(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["etag"]);
    }
}
