//! An assistant of OpenAI's kind that repeats the question, as echo does, and breaks at random.

use crate::user::ECHO;
use anyhow::{Context as _, Result};
use fastrand::Rng;
use harness::http::{self, Body, BodySender, Request, Response, Server, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Of a thousand replies, so many break.
const BREAKS: u64 = 60;

/// The running assistant.
pub struct Breaking {
    server: Server,
    broken: Arc<AtomicUsize>,
}

/// How a reply breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It is refused.
    Busy,
    /// There is none.
    Fails,
    /// The connection closes in its middle.
    BreaksOff,
    /// It comes to nothing, and the connection stays open for a while.
    Hangs,
}

impl Breaking {
    /// Starts it; the same seed breaks the same replies.
    pub async fn start(seed: u64) -> Result<Self> {
        let broken = Arc::new(AtomicUsize::new(0));
        let (count, counted) = (AtomicU64::new(0), Arc::clone(&broken));
        let server = Server::start_with_bodies(move |request| {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let fault = fault(seed, number);
            if fault.is_some() {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            reply(request, fault)
        });
        Ok(Self { server: server.await?, broken })
    }

    /// What comes before `/chat/completions`.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// How many replies broke.
    pub fn broken(&self) -> usize {
        self.broken.load(Ordering::Relaxed)
    }
}

fn fault(seed: u64, number: u64) -> Option<Fault> {
    let mut rng = Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    if rng.u64(..1_000) >= BREAKS {
        return None;
    }
    rng.choice([Fault::Busy, Fault::Fails, Fault::BreaksOff, Fault::Hangs])
}

async fn reply(request: Request, fault: Option<Fault>) -> Result<hyper::Response<Body>> {
    let body: Value = serde_json::from_slice(request.body()).context("no JSON")?;
    let question = body.pointer("/messages").and_then(Value::as_array).and_then(|all| all.last());
    let question = question.and_then(|last| last.get("content")).and_then(Value::as_str);
    let text = format!("{ECHO}{}", question.context("no question")?);
    match fault {
        Some(Fault::Busy) => {
            return Ok(problem(StatusCode::TOO_MANY_REQUESTS));
        }
        Some(Fault::Fails) => return Ok(problem(StatusCode::INTERNAL_SERVER_ERROR)),
        Some(Fault::Hangs) => tokio::time::sleep(Duration::from_secs(4)).await,
        _ => {}
    }
    let (sender, body) = Body::coming();
    tokio::spawn(async move {
        if write(&sender, &text, fault).await.is_some() {
            sender.end();
        }
    });
    let mut response = hyper::Response::new(body);
    let kind = "text/event-stream".parse()?;
    response.headers_mut().insert("content-type", kind);
    Ok(response)
}

fn problem(status: StatusCode) -> hyper::Response<Body> {
    let response: Response = http::message(status, "The assistant of the tests has no time.");
    response.map(Body::from)
}

/// Writes a reply; none if it breaks off.
async fn write(sender: &BodySender, text: &str, fault: Option<Fault>) -> Option<()> {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    let is_slow = text.contains("[[slow]]");
    let parts = words.chunks(if is_slow { words.len().div_ceil(10) } else { 1 });
    let half = parts.len() / 2;
    for (at, part) in parts.enumerate() {
        if is_slow {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        if at >= half && fault == Some(Fault::BreaksOff) {
            return None;
        }
        let delta = json!({ "choices": [{ "index": 0, "delta": { "content": part.concat() } }] });
        sender.send(format!("data: {delta}\n\n").into());
    }
    let end = json!({
        "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 100, "completion_tokens": words.len(), "total_tokens": 100 },
    });
    sender.send(format!("data: {end}\n\ndata: [DONE]\n\n").into());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_breaks_the_same_replies() {
        let broken = |seed| (0..3_000).filter_map(|n| fault(seed, n)).collect::<Vec<_>>();
        assert_eq!(broken(1), broken(1));
        assert_ne!(broken(1), broken(2));
        assert!((100..260).contains(&broken(1).len()), "{}", broken(1).len());
    }
}
