//! The log line of a request.

use std::sync::Arc;

use lambda_http::RequestExt;
use lambda_runtime::Context;
use serde_json::Value;

use super::{Request, Response, Result};
use crate::clock::{Clock, Timestamp};
use crate::log::{self, Level, Line, RequestLog};
use crate::problem::Problem;

/// A request or an event that is being worked on, until its line is written.
#[derive(Debug)]
pub(super) struct Entry {
    log: Arc<RequestLog>,
    route: Option<String>,
    clock: Clock,
    started_at: Timestamp,
    /// When the head of a response that streams was sent.
    head_at: Option<Timestamp>,
}

impl Entry {
    /// The entry of a request, which begins now.
    pub(super) fn of_request(request: &Request, clock: &Clock) -> Self {
        let context = request.0.lambda_context_ref();
        let mut ids = vec![("request_id", request.id())];
        ids.extend(context.into_iter().flat_map(ids_of_lambda));
        let route = Some(request.gateway_context().route.unwrap_or_default());
        Self { route, ..Self::begin(ids, clock) }
    }

    /// The entry of an event that comes from AWS, which begins now.
    pub(super) fn of_event(context: &Context, clock: &Clock) -> Self {
        Self::begin(ids_of_lambda(context).into(), clock)
    }

    fn begin(ids: Vec<(&'static str, String)>, clock: &Clock) -> Self {
        Self {
            log: RequestLog::begin(ids),
            route: None,
            clock: clock.clone(),
            started_at: clock.now(),
            head_at: None,
        }
    }

    /// Runs what belongs to this entry.
    pub(super) async fn scope<F: Future>(&self, future: F) -> F::Output {
        Arc::clone(&self.log).scope(future).await
    }

    /// Writes the line of a request.
    pub(super) fn responded(&self, outcome: &Result<Response>) {
        let (status, problem) = match outcome {
            Ok(response) => (response.status(), None),
            Err(problem) => (problem.status(), Some(problem)),
        };
        self.write(problem, |line| line.add("status", &status));
    }

    /// The head of a response that streams is sent, with 200: the line follows at its end.
    #[must_use]
    pub(super) fn head_sent(mut self) -> Self {
        self.head_at = Some(self.clock.now());
        self
    }

    /// Writes the line of a request whose response was a stream. One that broke off has the status of its
    /// problem, though the client got 200 before.
    pub(super) fn streamed(&self, problem: Option<&Problem>) {
        self.write(problem, |line| {
            line.add("status", &problem.map_or(200, Problem::status));
            if let Some(head_at) = self.head_at {
                line.add("head_ms", &self.milliseconds_until(head_at));
            }
        });
    }

    /// Writes the line of an event. Figures of what was done are fields of it.
    pub(super) fn done(&self, outcome: &Result<Value>) {
        let done = outcome.as_ref().ok().and_then(Value::as_object);
        self.write(outcome.as_ref().err(), |line| {
            let fields = done.into_iter().flatten();
            for (name, value) in fields.filter(|(_, value)| value.is_number() || value.is_boolean())
            {
                line.add(name, value);
            }
        });
    }

    fn milliseconds_until(&self, time: Timestamp) -> i64 {
        time.milliseconds().saturating_sub(self.started_at.milliseconds()).max(0)
    }

    /// Writes the line, with what `add` adds. A failure has its code and all its causes.
    fn write(&self, problem: Option<&Problem>, add: impl FnOnce(&mut Line)) {
        let level = problem.map_or(Level::INFO, level);
        let line = Arc::clone(&self.log).sync_scope(|| log::line(level));
        let Some(mut line) = line else { return };
        if let Some(route) = &self.route {
            line.add("route", route);
        }
        add(&mut line);
        line.add("ms", &self.milliseconds_until(self.clock.now()));
        self.log.add_figures(&mut line);
        if let Some(problem) = problem {
            line.add("code", problem.code());
            line.add("cause", &problem.causes());
            if let Some(metric) = metric(problem) {
                line.add(metric, &1);
            }
        }
        line.write();
    }
}

fn ids_of_lambda(context: &Context) -> [(&'static str, String); 2] {
    [
        ("lambda_id", context.request_id.clone()),
        ("function", context.env_config.function_name.clone()),
    ]
}

/// An error if the operator must act, a warning if the table was busy or the assistant did not reply,
/// otherwise information.
fn level(problem: &Problem) -> Level {
    match problem.status() {
        500 => Level::ERROR,
        503 => Level::WARN,
        _ => Level::INFO,
    }
}

/// The metric that counts a failure.
fn metric(problem: &Problem) -> Option<&'static str> {
    match problem {
        Problem::AssistantUnavailable { .. } => Some("assistant_failures"),
        Problem::InvalidCredentials => Some("failed_sign_ins"),
        _ => None,
    }
}
