//! The loop of a function: requests in, answers out, one log line each.

use std::time::Duration;

use lambda_http::{Adapter, StreamAdapter, service_fn};
use lambda_runtime::tower::ServiceExt;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

use super::cors::Cors;
use super::log::log;
use super::{Request, Response, Result, Streamed, event};
use crate::app::{App, Init};
use crate::problem::Problem;

/// Serves one route until Lambda ends the process. The handler gets the function's state and the
/// request; what it returns is the answer. INIT opens the connection to the table.
pub async fn serve<H, F, A>(handler: H) -> std::result::Result<(), Error>
where
    H: Fn(&'static App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Response>,
{
    serve_with(Init::default(), handler).await
}

/// Serves a route whose function needs something else in INIT.
pub async fn serve_with<H, F, A>(init: Init, handler: H) -> std::result::Result<(), Error>
where
    H: Fn(&'static App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Response>,
{
    let app = start(init).await?;
    let handler = &handler;
    let service = service_fn(move |request: lambda_http::Request| async move {
        let request = Request::new(request);
        let id = request.id();
        let outcome = handle(app, handler, request).await;
        finish(outcome.map(Into::into), &id).into_response()
    });
    lambda_runtime::run(Adapter::from(service).map_request(event::of_http_api)).await
}

/// Serves a route of the REST API, whose answers may come in pieces. The time that Lambda gives is
/// for what comes before the answer's head.
pub async fn serve_streamed<H, F, A>(init: Init, handler: H) -> std::result::Result<(), Error>
where
    H: Fn(&'static App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Streamed>,
{
    let app = start(init).await?;
    let handler = &handler;
    let service = service_fn(move |request: lambda_http::Request| async move {
        let request = Request::new(request);
        let (id, cors) = (request.id(), Cors::of(app, &request));
        if let Some(answer) = cors.preflight(&request) {
            return Streamed::from(answer).into_response();
        }
        let (head, events) = match handle(app, handler, request).await.map(Into::into) {
            Ok(Streamed { head, events }) => (Ok(head), events),
            Err(problem) => (Err(problem), None),
        };
        Streamed { head: cors.expose(finish(head, &id)), events }.into_response()
    });
    lambda_runtime::run(StreamAdapter::from(service).map_request(event::of_rest_api)).await
}

/// What a handler gives in time, to a request that no foreign page made.
async fn handle<H, F, A>(app: &'static App, handler: &H, request: Request) -> Result<A>
where
    H: Fn(&'static App, Request) -> F,
    F: Future<Output = Result<A>>,
{
    request.refuse_foreign_origin(app)?;
    let time_left = time_left(app, &request);
    let outcome = tokio::time::timeout(time_left, handler(app, request)).await;
    outcome.unwrap_or_else(|elapsed| Err(Problem::Unavailable(elapsed.into())))
}

/// Serves events that come from AWS and not from a client. A failure is given back to Lambda,
/// which tries again.
pub async fn background<H, F>(handler: H) -> std::result::Result<(), Error>
where
    H: Fn(&'static App, Value) -> F,
    F: Future<Output = Result<Value>>,
{
    let app = start(Init::default()).await?;
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let outcome = handler(app, event.payload).await;
        let id = &event.context.request_id;
        match &outcome {
            Ok(done) => tracing::info!(request_id = id, done = %done),
            Err(problem) => log(problem, id),
        }
        // The runtime logs what it is given: the code is enough, since the causes stand in our line.
        outcome.map_err(|problem| Error::from(problem.code()))
    }))
    .await
}

async fn start(init: Init) -> std::result::Result<&'static App, Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(false)
        .init();
    // It lives as long as the process, so that requests can share it without counting.
    let app: &'static App = Box::leak(Box::new(App::from_env()?));
    app.warm(init).await;
    Ok(app)
}

/// How long a handler may take: until half a second before Lambda would end the function, so that
/// the client is told 503 in our own words. What a handler leaves half done by then is what a
/// function that dies leaves, and mends in the same way. A deadline that has passed already is
/// none: `cargo lambda watch` gives one of 1970.
fn time_left(app: &App, request: &Request) -> Duration {
    const MARGIN: i64 = 500;
    let now = app.clock.now();
    match request.deadline() {
        Some(deadline) if deadline > now => {
            let left = deadline.milliseconds() - now.milliseconds() - MARGIN;
            Duration::from_millis(u64::try_from(left).unwrap_or_default())
        }
        _ => Duration::MAX,
    }
}

fn finish(outcome: Result<Response>, id: &str) -> Response {
    match outcome {
        Ok(answer) => {
            tracing::info!(request_id = id, status = answer.status());
            answer
        }
        Err(problem) => {
            log(&problem, id);
            Response::problem(&problem, id)
        }
    }
}
