//! Requests as the documentation tells clients to send them: again after a 503 and after a response that did
//! not come.

use super::User;
use anyhow::Result;
use bytes::Bytes;
use harness::Method;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long a request is sent again until it must have got its response.
const PATIENCE: Duration = Duration::from_secs(90);
/// Of a thousand requests, so many lose their response on the way to the client, as a phone's do.
const LOST: u32 = 4;
/// Of a hundred that have a key, so many are sent twice at the same time, as by a finger that taps twice.
const TWICE: u32 = 8;

/// A request that can be sent more than once.
#[derive(Debug, Clone)]
pub struct Call {
    pub function: &'static str,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
    pub headers: Vec<(&'static str, String)>,
}

/// The response at last.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    /// How many earlier tries may have been carried out.
    pub doubts: u64,
}

/// What one try came to.
pub(super) enum Try {
    Answer(u16, harness::http::Response),
    Again,
}

impl Answer {
    /// Whether an earlier try may have been carried out.
    pub fn in_doubt(&self) -> bool {
        self.doubts > 0
    }

    pub fn code(&self) -> &str {
        self.body.get("code").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn text(&self, field: &str) -> String {
        self.body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub fn number(&self, field: &str) -> u64 {
        self.body.get(field).and_then(Value::as_u64).unwrap_or_default()
    }
}

impl Call {
    pub fn new(function: &'static str, method: Method, path: impl Into<String>) -> Self {
        Self { function, method, path: path.into(), body: None, headers: Vec::new() }
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self.header("content-type", "application/json".to_owned())
    }

    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl User {
    /// A request of the signed-in user.
    pub(super) fn own(&self, function: &'static str, method: Method, path: &str) -> Call {
        let token = self.told.live.last().cloned().unwrap_or_default();
        Call::new(function, method, path).header("authorization", format!("Bearer {token}"))
    }

    /// Sends a request until there is a response that is final; none if none comes in a minute and a
    /// half, which is noted.
    pub(super) async fn send(&mut self, call: &Call) -> Option<Answer> {
        let started = Instant::now();
        let mut doubts = 0;
        let mut last = String::new();
        while started.elapsed() < PATIENCE {
            let response = self.attempt(call).await;
            let lost = self.rng.u32(..1_000) < LOST;
            match self.judge(call, response, &mut last) {
                Try::Answer(status, response) if !lost => {
                    let body = serde_json::from_slice(response.body()).unwrap_or_default();
                    return Some(Answer { status, body, doubts });
                }
                _ => doubts += 1,
            }
            self.wait().await;
        }
        self.wrong(&format!("{} has no response but {last} for {PATIENCE:?}", call.function));
        None
    }

    /// Sends a request that has an `Idempotency-Key`, sometimes twice at the same time. Both must get the
    /// same id, which `field` has.
    pub(super) async fn send_once_or_twice(&mut self, call: &Call, field: &str) -> Option<Answer> {
        if self.rng.u32(..100) >= TWICE {
            return self.send(call).await;
        }
        let (client, request, started) =
            (self.client.clone(), self.request(call).ok()?, Instant::now());
        let twin = tokio::spawn(async move { client.send(request).await });
        let mut answer = self.send(call).await?;
        let twin = twin.await.ok()?;
        let status = twin.as_ref().map_or(0, |response| response.status().as_u16());
        self.world.record.add(call.function, started.elapsed(), status);
        if let Try::Answer(_, response) = self.judge(call, twin, &mut String::new()) {
            let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
            let is_same = body.get(field) == answer.body.get(field);
            self.is("the same request twice", is_same, &(&body, &answer));
        } else {
            answer.doubts += 1;
        }
        Some(answer)
    }

    /// Before the next try.
    pub(super) async fn wait(&mut self) {
        tokio::time::sleep(Duration::from_millis(self.rng.u64(100..600))).await;
    }

    async fn attempt(&mut self, call: &Call) -> Result<harness::http::Response> {
        let started = Instant::now();
        let response = self.client.send(self.request(call)?).await;
        let status = response.as_ref().map_or(0, |response| response.status().as_u16());
        self.world.record.add(call.function, started.elapsed(), status);
        self.remember(call, status, response.as_ref().map_or(&[], |response| response.body()));
        response
    }

    pub(super) fn request(&self, call: &Call) -> Result<harness::http::Request> {
        let uri = format!("{}{}", self.world.url, call.path);
        let mut request = hyper::Request::builder().method(&call.method).uri(uri);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let body = call.body.as_ref().map_or_else(Bytes::new, |body| body.to_string().into());
        Ok(request.body(body)?)
    }

    /// Whether a response is final, and whether it may be at all.
    pub(super) fn judge(
        &self,
        call: &Call,
        response: Result<harness::http::Response>,
        last: &mut String,
    ) -> Try {
        let faults = self.world.faults;
        let response = match response {
            Ok(response) => response,
            Err(error) => {
                *last = format!("{error:#}");
                self.is(call.function, faults, last);
                return Try::Again;
            }
        };
        let status = response.status().as_u16();
        let body = String::from_utf8_lossy(response.body());
        let verdict = Verdict::of(status, &body, faults);
        match verdict {
            Verdict::OfTheGateway => self.world.record.add_gateway_error(),
            Verdict::Wrong => self.wrong(&format!("{} responds {status} {body}", call.function)),
            Verdict::Unavailable | Verdict::Busy | Verdict::Final => {}
        }
        if matches!(verdict, Verdict::Wrong | Verdict::Final) {
            return Try::Answer(status, response);
        }
        *last = format!("{status} {body}");
        if verdict != Verdict::Busy {
            self.is(call.function, faults, last);
        }
        Try::Again
    }
}

/// What a client makes of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// No function made it; the request is sent again.
    OfTheGateway,
    /// The request is sent again.
    Unavailable,
    /// The same, and nothing need be broken for it.
    Busy,
    /// It may never be.
    Wrong,
    /// The response.
    Final,
}

impl Verdict {
    fn of(status: u16, body: &str, faults: bool) -> Self {
        // The gateway's own have no code.
        let is_problem = body.contains("\"code\":");
        // A turn whose function died keeps its conversation for half a minute.
        let is_turn = body.contains("TURN_IN_PROGRESS") || body.contains("REPLY_NOT_STORED");
        match status {
            500.. if !is_problem => Self::OfTheGateway,
            503 => Self::Unavailable,
            409 if is_turn => Self::Busy,
            // A password that is being compared counts as wrong; so does one whose function died.
            429 if faults => Self::Busy,
            429 | 500.. => Self::Wrong,
            _ => Self::Final,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_sent_again_only_after_what_a_client_may_meet() {
        for (status, body, faults, verdict) in [
            (200, "{}", false, Verdict::Final),
            (404, r#"{"code":"NOT_FOUND"}"#, true, Verdict::Final),
            (409, r#"{"code":"EMAIL_TAKEN"}"#, true, Verdict::Final),
            (409, r#"{"code":"TURN_IN_PROGRESS"}"#, false, Verdict::Busy),
            (429, r#"{"code":"LOCKED"}"#, true, Verdict::Busy),
            (429, r#"{"code":"LOCKED"}"#, false, Verdict::Wrong),
            (500, r#"{"code":"INTERNAL"}"#, true, Verdict::Wrong),
            (503, r#"{"code":"UNAVAILABLE"}"#, false, Verdict::Unavailable),
            (503, r#"{"message":"Service Unavailable"}"#, true, Verdict::OfTheGateway),
        ] {
            assert_eq!(Verdict::of(status, body, faults), verdict, "{status} {body} {faults}");
        }
    }
}
