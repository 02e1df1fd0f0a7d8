//! What the table says that users have used of their quotas.

use std::time::Duration;

use e2e::User;
use e2e::chat::{SLOW, ask, ui_message};
use harness::stack::{Response, Stack, StreamedResponse};
use serde_json::{Value, json};
use shared::clock::Clock;

/// The tokens that are expected of a reply until it has ended: those of 10,000 letters.
pub const EXPECTED: u64 = 2_500;

/// What a user has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Questions.
    pub messages: u64,
    /// Tokens, and what running replies are expected to take.
    pub tokens: u64,
    /// Runs that have not said what they used.
    pub open_runs: usize,
}

/// What a user has used, on all days: a test may run around midnight.
pub async fn used(stack: &Stack, user: &User) -> Used {
    let rows = stack.engine.query(&format!("USER#{}", user.id), "QUOTA#").await.unwrap();
    let sum = |name: &str| rows.iter().map(|row| number(row, name)).sum();
    let open_runs = rows.iter().filter_map(|row| row.pointer("/open_runs/SS")?.as_array());
    let open_runs = open_runs.map(Vec::len).sum();
    Used { messages: sum("messages"), tokens: sum("tokens"), open_runs }
}

/// Waits until no run of the user is open, ten seconds at most.
pub async fn settled(stack: &Stack, user: &User) -> Used {
    for _ in 0..100 {
        let now = used(stack, user).await;
        if now.open_runs == 0 {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("a run was not counted: {:#?}", stack.logs("chat"));
}

/// What all users have used together, and those of them without a verified address.
pub async fn used_by_all(stack: &Stack) -> (u64, u64) {
    let rows = stack.engine.query("QUOTA#ALL", "").await.unwrap();
    let sum = |name: &str| rows.iter().map(|row| number(row, name)).sum();
    (sum("tokens"), sum("unverified_tokens"))
}

/// Lets the table say that all users have used this much today.
pub async fn set_used_by_all(stack: &Stack, tokens: u64, unverified_tokens: u64) {
    let n = |number: u64| json!({ "N": number.to_string() });
    let attributes = [("tokens", n(tokens)), ("unverified_tokens", n(unverified_tokens))];
    stack.engine.set("QUOTA#ALL", &Clock::System.now().date(), &attributes).await.unwrap();
}

/// Makes the user's address a verified one.
pub async fn verify(stack: &Stack, user: &User) {
    let pk = format!("USER#{}", user.id);
    let verified = json!({ "BOOL": true });
    stack.engine.set(&pk, "ACCOUNT", &[("email_verified", verified)]).await.unwrap();
}

/// What a response says that is left: questions, tokens.
pub fn left(response: &Response) -> [u64; 2] {
    ["messages", "tokens"].map(|what| {
        let name = format!("x-quota-{what}-remaining");
        response.header(&name).and_then(|value| value.parse().ok()).unwrap()
    })
}

/// The tokens of a reply, read and written.
pub fn tokens(usage: &Value) -> u64 {
    usage["input_tokens"].as_u64().unwrap() + usage["output_tokens"].as_u64().unwrap()
}

/// A slow turn in a chat, of which the first words have come.
pub async fn running_turn(user: &User, chat: &str) -> StreamedResponse {
    let mut running = ask(user, &ui_message(chat, "a", SLOW)).stream().await;
    running.until("text-delta").await.unwrap();
    running
}

fn number(row: &Value, name: &str) -> u64 {
    let number = row.get(name).and_then(|value| value["N"].as_str());
    number.map_or(0, |number| number.parse().unwrap())
}
