//! The proxy between the functions and the engine: it records every call and injects faults.
//! The first segment of the path says which function is calling.

mod call;
mod chance;
mod fault;
mod recorder;
mod strict;

pub use call::{Call, round_trips};
pub use chance::Chance;
pub use fault::{Effect, Fault, Rule};
pub use recorder::Recorder;

use crate::http::{self, Client, Request, Response, Server, StatusCode};
use anyhow::{Context as _, Result, bail};
use chance::Chances;
use fault::{Faults, Unprocessed};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A running proxy; dropping it closes its connections.
#[derive(Debug)]
pub struct Proxy {
    server: Server,
    /// What was called.
    pub recorder: Arc<Recorder>,
    faults: Arc<Faults>,
    chances: Arc<Chances>,
    strict: Arc<AtomicBool>,
}

impl Proxy {
    /// Starts before the engine at `engine` (a URL without a path).
    pub async fn start(engine: &str) -> Result<Self> {
        let recorder = Arc::new(Recorder::default());
        let faults = Arc::new(Faults::default());
        let chances = Arc::new(Chances::default());
        let strict = Arc::new(AtomicBool::default());
        let work = Arc::new(Forward {
            engine: format!("{engine}/").parse().context("the engine's URL")?,
            client: Client::default(),
            recorder: Arc::clone(&recorder),
            faults: Arc::clone(&faults),
            chances: Arc::clone(&chances),
            strict: Arc::clone(&strict),
        });
        let server = Server::start(0, move |request, _| {
            let work = Arc::clone(&work);
            async move { work.handle(request).await }
        });
        Ok(Self { server: server.await?, recorder, faults, chances, strict })
    }

    /// The end-point for one function.
    pub fn url(&self, function: &str) -> String {
        format!("http://{}/{function}", self.server.address)
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.server.address
    }

    /// Adds a rule. Rules are tried in the order in which they were added, and the first
    /// whose turn it is takes effect. Dropping the handle releases the calls that wait for it.
    pub fn inject(&self, rule: Rule) -> Fault {
        self.faults.add(rule)
    }

    /// Rejects from now on what DynamoDB rejects and dynoxide accepts.
    pub fn set_strict(&self, strict: bool) {
        self.strict.store(strict, Ordering::Relaxed);
    }

    /// Lets calls meet faults at random from now on, beside the rules; none ends it.
    pub fn set_chance(&self, chance: Option<Chance>) {
        self.chances.set(chance);
    }

    /// How many calls have met each fault at random.
    pub fn hits_at_random(&self) -> BTreeMap<&'static str, usize> {
        self.chances.hits()
    }

    /// Removes all rules and releases the calls that wait for them.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }
}

struct Forward {
    engine: hyper::Uri,
    client: Client,
    recorder: Arc<Recorder>,
    faults: Arc<Faults>,
    chances: Arc<Chances>,
    strict: Arc<AtomicBool>,
}

impl Forward {
    async fn handle(&self, mut request: Request) -> Result<Response> {
        let mut body: Value = match serde_json::from_slice(request.body()) {
            Ok(body @ Value::Object(_)) => body,
            _ => {
                return Ok(http::message(StatusCode::BAD_REQUEST, "the body is not a JSON object"));
            }
        };
        let function = request.uri().path().trim_matches('/').to_owned();
        let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
        let operation = target.and_then(|target| target.split_once('.')).context("no target")?.1;
        let mut entry = self.recorder.begin(Call::new(function, operation.to_owned(), &body));
        if self.strict.load(Ordering::Relaxed)
            && let Some(response) = strict::rejection(&entry.call.operation, &body)
        {
            entry.call.record_response(response.status(), response.body());
            return Ok(response);
        }
        let by_rule = self.faults.pick(&entry.call);
        let effect = by_rule.or_else(|| self.chances.pick(&entry.call).map(fault::State::once));

        if let Some(effect) = &effect {
            effect.before().await;
            if let Some(response) = effect.instead(&entry.call)? {
                entry.call.record_response(response.status(), response.body());
                return Ok(response);
            }
        }
        let unprocessed = effect.as_ref().and_then(|effect| effect.withhold(&mut body));
        if let Some(fields) = body.as_object_mut() {
            fields.insert("ReturnConsumedCapacity".to_owned(), "TOTAL".into());
        }
        *request.uri_mut() = self.engine.clone();
        request.headers_mut().remove(http::header::CONTENT_LENGTH);
        request.headers_mut().remove(http::header::HOST);
        *request.body_mut() = body.to_string().into();
        let mut response = match unprocessed.as_ref().and_then(Unprocessed::whole) {
            Some(response) => response,
            None => self.client.send(request).await?,
        };
        entry.call.record_response(response.status(), response.body());

        if let Some(unprocessed) = unprocessed {
            response = unprocessed.add_to(&response)?;
        }
        tokio::time::sleep(self.recorder.delay()).await;
        if let Some(effect) = &effect {
            effect.after().await;
            if effect.loses_response() {
                entry.call.status = 0;
                bail!("the response is lost");
            }
        }
        Ok(response)
    }
}
