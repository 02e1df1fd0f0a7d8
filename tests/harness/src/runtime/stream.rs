//! Responses that a function streams: passed on as they arrive, even if nobody reads them.

use super::pool::{Outcome, Pool};
use crate::http::{Body, BodySender, HeaderMap, IncomingRequest};
use anyhow::{Context as _, Result, bail};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use std::sync::Arc;
use tokio::time::timeout_at;

/// Marks a response that arrives part by part.
const MODE: &str = "lambda-runtime-function-response-mode";

/// Trailers of a function that failed in mid-stream.
const ERROR: [&str; 2] =
    ["lambda-runtime-function-error-type", "lambda-runtime-function-error-body"];

/// Whether the function streams this response.
pub(super) fn is_streaming(response: &IncomingRequest) -> bool {
    response.headers().get(MODE).is_some_and(|mode| mode == "streaming")
}

impl Pool {
    /// Passes on what a process streams, until it ends, fails, dies, or has no time left.
    pub(super) async fn stream(
        self: &Arc<Self>,
        instance: u64,
        request_id: &str,
        response: Incoming,
    ) -> Result<()> {
        let running = self.begin_stream(instance, request_id).context("unknown request")?;
        let (sender, body) = Body::coming();
        let _ = running.sender.send(Outcome::Stream(body));
        let (pool, request_id) = (Arc::clone(self), request_id.to_owned());
        // On its own, because a process that dies takes its connection with it.
        let passing = tokio::spawn(async move {
            match timeout_at(running.deadline, pass(response, &sender)).await {
                Ok(Ok(())) => {
                    if pool.finish_stream(instance) {
                        sender.end();
                    }
                }
                // The process dies, or will ask for its next request.
                Ok(Err(error)) => pool.log(format!("{request_id} was cut off: {error:#}")),
                Err(_) => pool.kill_request(&request_id),
            }
        });
        passing.await.context("a stream was left")
    }
}

async fn pass(mut response: Incoming, sender: &BodySender) -> Result<()> {
    while let Some(frame) = response.frame().await {
        match frame?.into_data() {
            Ok(bytes) => sender.send(bytes),
            Err(frame) => {
                if let Ok(trailers) = frame.into_trailers() {
                    check_for_error(&trailers)?;
                }
            }
        }
    }
    Ok(())
}

fn check_for_error(trailers: &HeaderMap) -> Result<()> {
    let [kind, body] = ERROR.map(|name| {
        trailers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    match kind {
        Some(kind) => bail!("{kind} {}", body.unwrap_or_default()),
        None => Ok(()),
    }
}
