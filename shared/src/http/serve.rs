//! The loop of a function: requests in, answers out, one log line each.

use std::error::Error as StdError;

use lambda_http::{Body, Response, service_fn};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

use super::{Answer, Request, Result};
use crate::app::{App, Connections};
use crate::problem::Problem;

/// Serves one route until Lambda ends the process. The handler gets the function's state and the
/// request; what it returns is the answer. INIT opens the connection to the table.
pub async fn serve<H, F, A>(handler: H) -> std::result::Result<(), Error>
where
    H: Fn(&'static App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Answer>,
{
    serve_with(Connections::One, handler).await
}

/// Serves a route whose handler needs no connection to the table, or two at the same time.
pub async fn serve_with<H, F, A>(
    connections: Connections,
    handler: H,
) -> std::result::Result<(), Error>
where
    H: Fn(&'static App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Answer>,
{
    let app = start(connections).await?;
    let handler = &handler;
    lambda_http::run(service_fn(move |request: lambda_http::Request| async move {
        let request = Request::new(request);
        let id = request.id();
        let outcome = handler(app, request).await.map(Into::into);
        finish(outcome, &id)
    }))
    .await
}

/// Serves events that come from AWS and not from a client. A failure is given back to Lambda,
/// which tries again.
pub async fn background<H, F>(handler: H) -> std::result::Result<(), Error>
where
    H: Fn(&'static App, Value) -> F,
    F: Future<Output = Result<Value>>,
{
    let app = start(Connections::One).await?;
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let outcome = handler(app, event.payload).await;
        if let Err(problem) = &outcome {
            log(problem, &event.context.request_id);
        }
        outcome.map_err(Error::from)
    }))
    .await
}

async fn start(connections: Connections) -> std::result::Result<&'static App, Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(false)
        .init();
    // It lives as long as the process, so that requests can share it without counting.
    let app: &'static App = Box::leak(Box::new(App::from_env()?));
    app.warm(connections).await;
    Ok(app)
}

fn finish(outcome: Result<Answer>, id: &str) -> std::result::Result<Response<Body>, Error> {
    let answer = match outcome {
        Ok(answer) => {
            tracing::info!(request_id = id, status = answer.status());
            answer
        }
        Err(problem) => {
            log(&problem, id);
            Answer::problem(&problem, id)
        }
    };
    answer.into_response()
}

/// One line for a failure, with all its causes: an error where the operator is needed, a warning
/// where the table was busy, otherwise news.
fn log(problem: &Problem, id: &str) {
    let (status, code, cause) = (problem.status(), problem.code(), causes(problem));
    match status {
        500 => tracing::error!(request_id = id, status, code, cause),
        503 => tracing::warn!(request_id = id, status, code, cause),
        _ => tracing::info!(request_id = id, status, code, cause),
    }
}

/// The causes of a problem. Its own text is left out: that may repeat what the client sent.
fn causes(problem: &Problem) -> String {
    let mut causes = Vec::new();
    let mut source = StdError::source(problem);
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes.join(": ")
}
