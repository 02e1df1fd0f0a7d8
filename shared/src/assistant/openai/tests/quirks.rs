//! Endpoints as they really are. One row is one quirk: its source, what the endpoint sends byte by byte,
//! and the right outcome. The next quirk is one more row.
//!
//! Time is injected: a pause takes no time.
#![expect(clippy::too_many_lines, reason = "a table has as many lines as it has rows")]

mod ends;
mod errors;
mod forms;
mod reasoning;
mod refusals;

use std::time::Duration;

use super::in_memory::{Part, Response, Script};
use super::*;
use crate::assistant::Timed;
use crate::assistant::testing::ask_timed;
use crate::config::Deadlines;

use Part::{Bytes, Cut, Pause};

/// A quirk, and what comes of it.
struct Quirk {
    name: &'static str,
    /// A project and the number of its report, or a page.
    source: &'static str,
    /// The responses, call by call; the last one is for all further calls.
    sends: Vec<Response>,
    shown: &'static str,
    outcome: Outcome,
    usage: Tokens,
    calls: usize,
}

/// How a reply ends.
#[derive(Debug)]
enum Outcome {
    Finished(Finish),
    /// It fails, and the log says this.
    Failed(&'static str),
}

/// What a reply took. The prompt of these rows has three tokens by our estimate.
#[derive(Debug)]
enum Tokens {
    Counted(u64, u64),
    /// Tokens read and written, at least one of them by our estimate.
    Estimated(u64, u64),
    /// Nothing that can be billed.
    Nothing,
}

/// A quirk whose reply is `Hello`, which ends with `stop` after one call. Its usage is estimated.
fn quirk(name: &'static str, source: &'static str, parts: &[Part]) -> Quirk {
    Quirk {
        name,
        source,
        sends: vec![streams(parts)],
        shown: "Hello",
        outcome: Outcome::Finished(Finish::Stop),
        usage: Tokens::Estimated(3, 2),
        calls: 1,
    }
}

impl Quirk {
    fn shows(self, shown: &'static str) -> Self {
        Self { shown, ..self }
    }

    fn finishes(self, finish: Finish) -> Self {
        Self { outcome: Outcome::Finished(finish), ..self }
    }

    fn fails(self, cause: &'static str) -> Self {
        Self { outcome: Outcome::Failed(cause), ..self }
    }

    fn takes(self, usage: Tokens) -> Self {
        Self { usage, ..self }
    }

    fn sends(self, sends: Vec<Response>) -> Self {
        Self { sends, ..self }
    }

    fn calls(self, calls: usize) -> Self {
        Self { calls, ..self }
    }
}

/// A response with the status 200, as an event stream.
fn streams(parts: &[Part]) -> Response {
    let headers = &[("content-type", "text/event-stream")];
    Response { head_after: 0, status: 200, headers, parts: parts.to_vec() }
}

/// A response with another status.
fn refuses(status: u16, body: &'static str) -> Response {
    let headers = &[("content-type", "application/json")];
    Response { head_after: 0, status, headers, parts: vec![Bytes(body)] }
}

/// A reply without quirks.
fn says_hello() -> Response {
    streams(&[Bytes(HELLO), Bytes(STOP), Bytes(END)])
}

const HELLO: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"finish_reason\":null}]}\n\n";
const HEL: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
const LO: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n";
const STOP: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const END: &str = "data: [DONE]\n\n";

async fn check(quirk: Quirk) {
    let Quirk { name, source, sends, shown, outcome, usage, calls } = quirk;
    let row = format!("{name} ({source})");
    let script = Script::new(sends);
    let endpoint = OpenAi::with_connector(config("http://test".to_owned()), script.connector());
    let deadlines =
        Deadlines { first_byte: Duration::from_secs(30), total: Duration::from_mins(2) };
    let timed = Timed::new(Box::new(endpoint), deadlines);
    let (deltas, ending) = ask_timed(&timed, &prompt("?")).await;
    assert_eq!(deltas.concat(), shown, "{row}: {ending:?}");
    let used = match (ending, outcome) {
        (Ok(ending), Outcome::Finished(finish)) => {
            assert_eq!(ending.finish, finish, "{row}");
            Some(ending.usage)
        }
        (Err(failure), Outcome::Failed(cause)) => {
            assert!(failure.to_string().contains(cause), "{row}: {failure}");
            failure.usage
        }
        (ending, outcome) => panic!("{row}: {ending:?}, not {outcome:?}"),
    };
    let used = used.map(|used| (used.input_tokens, used.output_tokens, used.estimated));
    let expected = match usage {
        Tokens::Counted(input, output) => Some((input, output, false)),
        Tokens::Estimated(input, output) => Some((input, output, true)),
        Tokens::Nothing => None,
    };
    assert_eq!(used, expected, "{row}");
    assert_eq!(script.calls.lock().unwrap().len(), calls, "{row}: calls");
}

#[tokio::test(start_paused = true)]
async fn e1_e2_ends_of_replies() {
    for quirk in ends::rows() {
        check(quirk).await;
    }
}

#[tokio::test(start_paused = true)]
async fn e3_e4_e5_forms_of_replies() {
    for quirk in forms::rows() {
        check(quirk).await;
    }
}

#[tokio::test(start_paused = true)]
async fn e6_refusals_that_teach() {
    for quirk in refusals::rows() {
        check(quirk).await;
    }
}

#[tokio::test(start_paused = true)]
async fn e7_errors() {
    for quirk in errors::rows() {
        check(quirk).await;
    }
}

#[tokio::test(start_paused = true)]
async fn e8_m1_reasoning_and_replies_that_nobody_sees() {
    for quirk in reasoning::rows() {
        check(quirk).await;
    }
}
