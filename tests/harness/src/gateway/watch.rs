//! Functions that `cargo lambda watch` runs, called through its copy of Lambda's Invoke API.

use super::response::DELIMITER;
use crate::http::{self, Body, Client, HeaderMap, Request, StatusCode, StreamedResponse, header};
use crate::runtime::Outcome;
use anyhow::{Context as _, Result};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The paths of the Invoke API begin with this.
pub(super) const INVOKE_API: &str = "/2015-03-31/functions/";

/// The time in which a function is built and started. One that has died never responds.
pub const BUILD: Duration = Duration::from_mins(2);

/// Marks a stream, whose head `cargo lambda watch` has turned into the head of its HTTP response.
const MODE: &str = "lambda-runtime-function-response-mode";

/// Headers of the connection to `cargo lambda watch`, not of the function's response.
const OF_CONNECTION: [&str; 4] = ["connection", "content-length", "date", "transfer-encoding"];

/// Calls functions of a running `cargo lambda watch`.
#[derive(Debug, Clone)]
pub struct Watch {
    client: Client,
    url: String,
}

impl Watch {
    /// Takes the URL of `cargo lambda watch`, without a slash at its end.
    pub fn new(url: &str) -> Self {
        Self { client: Client::default(), url: url.to_owned() }
    }

    /// Gives a function an event and waits for the outcome.
    pub async fn invoke(&self, function: &str, event: Bytes) -> Result<Outcome> {
        let path = format!("{INVOKE_API}{function}/invocations");
        let request = hyper::Request::post(&path).body(event)?;
        let response = self.send(&path, request).await?;
        if response.headers().get(MODE).is_some_and(|mode| mode == "streaming") {
            return Ok(Outcome::Stream(as_lambda_streams(response)));
        }
        let succeeded = response.status() == StatusCode::OK;
        let body = response.into_body().whole().await?;
        Ok(if succeeded { Outcome::Response(body) } else { Outcome::Error(body) })
    }

    /// Passes on a request to the Invoke API, as `cargo lambda invoke` sends it. Browsers name the
    /// page behind every such request, and no page may call functions past the routes.
    pub(super) async fn pass_on(&self, request: Request) -> Result<StreamedResponse> {
        if ["origin", "sec-fetch-site"].iter().any(|name| request.headers().contains_key(*name)) {
            return Ok(http::message(StatusCode::FORBIDDEN, "Forbidden").map(Body::from));
        }
        let path = request.uri().path().to_owned();
        let mut response = self.send(&path, request).await?;
        remove_foreign(response.headers_mut());
        Ok(response)
    }

    async fn send(&self, path: &str, mut request: Request) -> Result<StreamedResponse> {
        *request.uri_mut() = format!("{}{path}", self.url).parse()?;
        remove_foreign(request.headers_mut());
        request.headers_mut().remove(header::HOST);
        let client = self.client.clone();
        // In a task of its own: in Lambda a function does not learn that its client has left.
        let sent = tokio::spawn(async move { client.stream(request).await });
        sent.await.context("the request was dropped")?
    }
}

fn remove_foreign(headers: &mut HeaderMap) {
    for name in OF_CONNECTION {
        headers.remove(name);
    }
}

/// The head and the body of a stream in one, as a function writes them.
fn as_lambda_streams(response: StreamedResponse) -> Body {
    let (mut parts, body) = response.into_parts();
    remove_foreign(&mut parts.headers);
    let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let values = |name| parts.headers.get_all(name).iter().map(text).collect::<Vec<_>>();
    let names = parts.headers.keys().filter(|name| {
        **name != header::SET_COOKIE && !name.as_str().starts_with("lambda-runtime-")
    });
    let headers: Map<String, Value> =
        names.map(|name| (name.as_str().to_owned(), values(name).into())).collect();
    let head = json!({
        "statusCode": parts.status.as_u16(),
        "multiValueHeaders": headers,
        "cookies": values(&header::SET_COOKIE),
    });
    body.after([head.to_string().as_bytes(), &DELIMITER].concat().into())
}
