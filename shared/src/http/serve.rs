//! The main loop of a function: it receives requests, sends responses, and writes one log line for
//! each.

use std::pin::pin;
use std::process::{ExitCode, Termination};
use std::time::Duration;

use lambda_http::{Adapter, StreamAdapter, service_fn};
use lambda_runtime::tower::ServiceExt;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;
use tokio::runtime;

use super::cors::Cors;
use super::log::Entry;
use super::{NoContent, Request, Response, Result, Streamed, event};
use crate::app::{App, Caller, Init};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::log;
use crate::problem::Problem;

/// How a function ended, for `main` to return. Lambda ends a process that runs well, so this is the
/// reason why it could not start.
#[derive(Debug)]
pub struct Exit(std::result::Result<(), Error>);

impl Termination for Exit {
    fn report(self) -> ExitCode {
        self.0.report()
    }
}

/// Serves a route for signed-in users: without a valid session token the response is 401, and the
/// handler does not run. What the handler returns becomes the response. INIT opens one connection to
/// the table.
pub fn serve_signed_in<H, F, A>(handler: H) -> Exit
where
    H: Fn(Caller, Request) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Response>,
{
    serve_signed_in_with(Init::default(), handler)
}

/// The same as [`serve_signed_in`] for a function that needs something else in INIT.
pub fn serve_signed_in_with<H, F, A>(init: Init, handler: H) -> Exit
where
    H: Fn(Caller, Request) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Response>,
{
    serve_with(init, move |app, request| signed_in(app, request, handler))
}

/// Serves a route that anyone may call. The handler may ask the request who calls.
pub fn serve<H, F, A>(handler: H) -> Exit
where
    H: Fn(&'static App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Response>,
{
    serve_with(Init::default(), handler)
}

/// The same as [`serve`] for a function that needs something else in INIT.
pub fn serve_with<H, F, A>(init: Init, handler: H) -> Exit
where
    H: Fn(&'static App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Response>,
{
    run(init, async move |app| {
        let handler = &handler;
        let service = service_fn(move |request: lambda_http::Request| async move {
            let request = Request::new(request);
            let entry = Entry::of_request(&request, &app.clock);
            let (id, cors) = (request.id(), Cors::of(app, &request));
            if let Some(response) = cors.preflight(app, &request) {
                return finish(Ok(response), &entry, &id).into_response();
            }
            let outcome = entry.scope(pin!(handle(app, handler, request))).await;
            cors.expose(finish(outcome.map(Into::into), &entry, &id)).into_response()
        });
        lambda_runtime::run(Adapter::from(service).map_request(event::of_http_api)).await
    })
}

/// Responds to the preflights of all routes of the HTTP API. Every other function could, too, but then
/// each would need a second route.
pub fn serve_preflights() -> Exit {
    serve_with(Init::without_table(), async |_, _| Ok(NoContent))
}

/// Serves a route of the REST API for signed-in users, as [`serve_signed_in`] does.
pub fn serve_signed_in_streamed<H, F, A>(init: Init, handler: H) -> Exit
where
    H: Fn(Caller, Request) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Streamed>,
{
    serve_streamed(init, move |app, request| signed_in(app, request, handler))
}

/// Serves a route of the REST API that anyone may call. Its responses may be streams. Lambda's
/// deadline applies to what comes before the first byte of the response.
pub fn serve_streamed<H, F, A>(init: Init, handler: H) -> Exit
where
    H: Fn(&'static App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A>> + Send,
    A: Into<Streamed>,
{
    run(init, async move |app| {
        let handler = &handler;
        let service = service_fn(move |request: lambda_http::Request| async move {
            let request = Request::new(request);
            let entry = Entry::of_request(&request, &app.clock);
            let (id, cors) = (request.id(), Cors::of(app, &request));
            if let Some(response) = cors.preflight(app, &request) {
                return Streamed::from(finish(Ok(response), &entry, &id)).into_response();
            }
            let outcome = entry.scope(pin!(handle(app, handler, request))).await;
            match outcome.map(Into::into) {
                Ok(Streamed { head, events: Some(events) }) => {
                    let events = Some(events.with_entry(entry.head_sent()));
                    Streamed { head: cors.expose(head), events }
                }
                other => cors.expose(finish(other.map(|whole| whole.head), &entry, &id)).into(),
            }
            .into_response()
        });
        lambda_runtime::run(StreamAdapter::from(service).map_request(event::of_rest_api)).await
    })
}

/// Serves events that come from AWS and not from a client. The handler also gets the time at which
/// Lambda stops it. A failure is returned to Lambda, which sends the event again.
pub fn serve_background<H, F>(handler: H) -> Exit
where
    H: Fn(&'static App, Value, Option<Timestamp>) -> F,
    F: Future<Output = Result<Value>>,
{
    run(Init::default(), async move |app| {
        let handler = &handler;
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
            let deadline = i64::try_from(event.context.deadline).ok();
            let deadline = deadline.map(Timestamp::from_milliseconds);
            // `cargo lambda watch` sends a deadline of 1970.
            let deadline = deadline.filter(|deadline| *deadline > app.clock.now());
            let entry = Entry::of_event(&event.context, &app.clock);
            let outcome = entry.scope(pin!(handler(app, event.payload, deadline))).await;
            entry.done(&outcome);
            // The runtime logs this error too. The code is enough: our own line has the causes.
            outcome.map_err(|problem| Error::from(problem.code()))
        }))
        .await
    })
}

/// Calls a handler for signed-in users; 401 if the request has no valid session token.
async fn signed_in<H, F, A>(app: &'static App, request: Request, handler: H) -> Result<A>
where
    H: Fn(Caller, Request) -> F,
    F: Future<Output = Result<A>>,
{
    handler(request.caller(app).await?, request).await
}

/// The handler's result; 503 if the time is over.
async fn handle<H, F, A>(app: &'static App, handler: &H, request: Request) -> Result<A>
where
    H: Fn(&'static App, Request) -> F,
    F: Future<Output = Result<A>>,
{
    let time_left = time_left(app, &request);
    let outcome = tokio::time::timeout(time_left, pin!(handler(app, request))).await;
    outcome.unwrap_or_else(|elapsed| Err(Problem::Unavailable(elapsed.into())))
}

/// Runs a function on this thread: INIT, then `serve` until Lambda ends the process.
fn run<S>(init: Init, serve: S) -> Exit
where
    S: AsyncFnOnce(&'static App) -> std::result::Result<(), Error>,
{
    let run = || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async { serve(start(init).await?).await })
    };
    Exit(run())
}

async fn start(init: Init) -> std::result::Result<&'static App, Error> {
    let config = Config::from_env()?;
    log::start(config.log_level, &config.issuer.0);
    // The app lives as long as the process, so that requests can share it without counting.
    let app: &'static App = Box::leak(Box::new(App::new(config, Clock::System)));
    app.warm(init).await;
    Ok(app)
}

/// How long a handler may take: until half a second before Lambda's deadline, so that the client
/// gets our own 503. A handler cut off here leaves the same partial state as a crash, and is
/// recovered the same way. A deadline in the past is ignored: `cargo lambda watch` sends one of 1970.
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

fn finish(outcome: Result<Response>, entry: &Entry, id: &str) -> Response {
    entry.responded(&outcome);
    outcome.unwrap_or_else(|problem| Response::problem(&problem, id))
}
