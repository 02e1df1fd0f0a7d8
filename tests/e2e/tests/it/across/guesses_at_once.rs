//! Many guesses at once reveal no more than guesses one after the other.

use std::time::Duration;

use e2e::{PASSWORD, User, sign_in};
use futures_util::future::join_all;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::json;

use crate::helpers::better_auth::{SIGN_INS, signing_in};
use crate::helpers::rows::{
    HERE, end_lock, failures, failures_of_address, failures_of_user, from_network,
};

const GUESSES: usize = 50;
/// Guesses that are between their read and their write at the same time, each in its own process.
const PROCESSES: usize = 8;

async fn stack() -> Stack {
    Stack::builder().concurrency(PROCESSES).start().await.unwrap()
}

/// The guess that is right, in each round another one.
fn password(guess: usize, round: usize) -> &'static str {
    if guess == [0, 7, 49][round] { PASSWORD } else { "wrong password" }
}

/// Sends the guesses so that the first ones have all read before any of them writes.
async fn at_once<F: Future<Output = u16>>(
    stack: &Stack,
    function: &str,
    guesses: impl Iterator<Item = F>,
) -> Vec<u16> {
    let read = Rule::new(Effect::HoldAfter).function(function).operation("BatchGetItem");
    let held = stack.proxy.inject(read.key("RATE#PASSWORD").times(PROCESSES));
    let (responses, ()) = tokio::join!(join_all(guesses), async {
        held.reached(PROCESSES).await.unwrap();
        held.release();
    });
    stack.proxy.clear_faults();
    responses
}

/// At most five responses say whether the guess was right or wrong. A right guess resets the count,
/// which allows some more, but by then the guesser knows the password.
fn reveal_little(responses: &[u16], right: u16, wrong: u16, what: &str) {
    let count = |status| responses.iter().filter(|response| **response == status).count();
    assert_eq!(count(right) + count(wrong) + count(429), GUESSES, "{what}: {responses:?}");
    let most = if count(right) == 1 { 9 } else { 5 };
    assert!(count(right) <= 1 && count(wrong) <= most, "{what}: {responses:?}");
    assert!(count(429) >= GUESSES - 10, "{what}: {responses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_28_fifty_guesses_at_once_on_one_address_reveal_no_more() {
    let stack = stack().await;
    for (path, function) in SIGN_INS.into_iter().zip(["signin", "sign-in-email"]) {
        join_all((0..PROCESSES).map(|n| {
            let email = format!("nobody{n}@example.com");
            signing_in(&stack, path, &email, PASSWORD).send()
        }))
        .await;
        for round in 0..3 {
            let user = stack.sign_up(&format!("{function}{round}")).await;
            let guess = |n| {
                let request = signing_in(&stack, path, &user.email, password(n, round));
                async { request.await.status }
            };
            let responses = at_once(&stack, function, (0..GUESSES).map(guess)).await;
            reveal_little(&responses, 200, 401, &format!("{path}, round {round}"));
            let row = from_network(&failures_of_address(&user.email), HERE);
            assert_eq!(failures(&stack, &row).await, Some(5), "{path}");
            end_lock(&stack, &row, Duration::from_secs(1)).await;
            assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
        }
    }
}

/// A thief of a session guesses its owner's password. A right guess that comes too late must get
/// the same error as a wrong one.
#[tokio::test(flavor = "multi_thread")]
async fn check_28_fifty_guesses_at_once_of_the_own_password_reveal_no_more() {
    let stack = stack().await;
    for function in ["verify-password", "change-password"] {
        for round in 0..3 {
            let user: User = stack.sign_up(&format!("{function}{round}")).await;
            let guess = |n| {
                let current = password(n, round);
                let body = match function {
                    "verify-password" => json!({ "password": current }),
                    _ => json!({ "currentPassword": current, "newPassword": PASSWORD }),
                };
                let path = format!("/api/auth/{function}");
                let request = user.post(&path).json(&body);
                async { request.await.status }
            };
            let responses = at_once(&stack, function, (0..GUESSES).map(guess)).await;
            reveal_little(&responses, 200, 400, &format!("{function}, round {round}"));
            let row = from_network(&failures_of_user(&user.id), HERE);
            assert_eq!(failures(&stack, &row).await, Some(5));
            assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
        }
    }
}
