//! Quotas of a day: of a user, of users without a verified address, and of the whole stack.

use std::time::Duration;

use e2e::chat::{Said, ask, builder, scene, ui_message};
use e2e::whole_list;
use harness::proxy::{Call, Effect, Rule};
use harness::stack::{Response, StackBuilder};
use serde_json::json;
use shared::config::QuotaConfig;

use crate::helpers::quotas::{left, set_used_by_all, tokens, used, used_by_all, verify};
use crate::helpers::scene::{QUOTA, Scene, code, submit, whole};

/// A stack with one process for each function, so that it knows what it has counted itself.
fn alone() -> StackBuilder {
    builder().concurrency(1)
}

/// A 429 says whose quota it is, what remains of the user's own, and when to try again.
fn assert_refused(response: &Response, code: &str, remaining: [u64; 2]) {
    assert_eq!((response.status, response.code().as_str()), (429, code), "{}", response.text());
    assert_eq!(left(response), remaining);
    let wait: u64 = response.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&wait));
    assert!(response.field("detail").contains("00:00 UTC"), "{}", response.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn m3_unverified_users_have_the_quota_of_others_unless_configured() {
    let (_stack, user) = scene().await;
    assert_eq!(left(&ask(&user, &json!({ "message": "hello" })).await), [199, 500_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn m3_a_user_gets_the_rest_of_the_quota_with_a_verified_address() {
    let stack = alone()
        .parameter("QuotaMessagesPerDay", "4")
        .parameter("QuotaTokensPerDay", "1000")
        .parameter("QuotaUnverifiedPercent", "50");
    let stack = stack.start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let hello = json!({ "message": "hello" });
    assert_eq!(left(&ask(&user, &hello).await), [1, 500]);
    ask(&user, &hello).await;
    let taken = used(&stack, &user).await;
    assert_eq!((taken.messages, taken.open_runs), (2, 0));
    stack.recorder.take();
    let refused = ask(&user, &hello).await;
    assert_refused(&refused, "UNVERIFIED_QUOTA_EXCEEDED", [0, 500 - taken.tokens]);
    let calls = stack.recorder.take();
    assert!(calls.iter().all(|call| call.write_units == 0.0), "a 429 writes nothing");
    verify(&stack, &user).await;
    assert_eq!(left(&ask(&user, &hello).await), [1, 1_000 - taken.tokens]);
    ask(&user, &hello).await;
    let now = used(&stack, &user).await.tokens;
    assert_refused(&ask(&user, &hello).await, "QUOTA_EXCEEDED", [0, 1_000 - now]);
}

#[tokio::test(flavor = "multi_thread")]
async fn m3_the_tokens_of_a_day_have_an_end() {
    let stack = alone().parameter("QuotaTokensPerDay", "100").start().await.unwrap();
    let user = stack.sign_up("ada").await;
    // The first reply may go over what is left.
    assert_eq!(left(&ask(&user, &json!({ "message": "hello" })).await), [199, 100]);
    let refused = ask(&user, &ui_message("c", "a", "hello")).await;
    assert_refused(&refused, "QUOTA_EXCEEDED", [199, 0]);
}

/// What replies are expected to take counts while they run: no number of tabs goes over the quota by
/// more than one of them.
#[tokio::test(flavor = "multi_thread")]
async fn m3_running_replies_count_before_they_end() {
    let stack = builder().parameter("QuotaTokensPerDay", "5000").start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let turns = (0..6).map(|number| {
        let body = ui_message(&format!("chat {number}"), "a", e2e::chat::SLOW);
        let request = ask(&user, &body);
        async move { request.await.status }
    });
    let statuses = futures_util::future::join_all(turns).await;
    let replies = statuses.iter().filter(|status| **status == 200).count();
    assert!((1..=2).contains(&replies), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn m3_the_stack_has_a_quota() {
    let stack = alone()
        .parameter("QuotaStackTokensPerDay", "200")
        .parameter("QuotaStackUnverifiedPercent", "100");
    let stack = stack.start().await.unwrap();
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    verify(&stack, &eve).await;
    let (first, second) = (ui_message("c", "a", "hello"), ui_message("c", "b", "hello"));
    let said = Said::whole(ask(&ada, &first).stream().await).await;
    let used_once = tokens(&said.value("/messageMetadata/usage"));
    assert_eq!(used_by_all(&stack).await, (used_once, used_once));
    let usage = Said::whole(ask(&eve, &first).stream().await).await.value("/messageMetadata/usage");
    let both = used_once + tokens(&usage);
    assert_eq!(used_by_all(&stack).await, (both, used_once));
    assert!(both >= 200, "{both}");
    for user in [&ada, &eve] {
        let refused = ask(user, &second).await;
        assert_refused(&refused, "STACK_QUOTA_EXCEEDED", [199, 500_000 - both / 2]);
        assert!(!refused.text().contains(&both.to_string()), "{}", refused.text());
        // What is stored is still shown.
        let again = Said::whole(ask(user, &first).stream().await).await;
        assert_eq!(again.text, said.text);
        let (list, _) = whole_list(user, "/api/conversations", "conversations").await;
        assert_eq!(list.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m3_unverified_users_share_a_part_of_the_stacks_quota() {
    let stack = alone().parameter("QuotaStackTokensPerDay", "1000").start().await.unwrap();
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let hello = json!({ "message": "hello" });
    assert_eq!(ask(&ada, &hello).await.status, 200);
    let one = used_by_all(&stack).await.0;
    assert!((100..200).contains(&one), "{one}");
    assert_eq!(ask(&eve, &hello).await.status, 200);
    assert_eq!(used_by_all(&stack).await, (2 * one, 2 * one));
    // Twenty percent are used, by two accounts. A third one doesn't help.
    let mallory = stack.sign_up("mallory").await;
    assert_refused(&ask(&mallory, &hello).await, "UNVERIFIED_QUOTA_EXCEEDED", [200, 500_000]);
    verify(&stack, &ada).await;
    assert_eq!(ask(&ada, &hello).await.status, 200);
    assert_eq!(used_by_all(&stack).await, (3 * one, 2 * one));
}

#[tokio::test(flavor = "multi_thread")]
async fn m3_without_a_limit_the_stack_counts_nothing() {
    let stack = alone().parameter("QuotaStackTokensPerDay", "0").start().await.unwrap();
    let user = stack.sign_up("ada").await;
    stack.warm(&["chat"]).await.unwrap();
    assert_eq!(ask(&user, &json!({ "message": "hello" })).await.status, 200);
    assert_eq!(of_stack(&stack.recorder.take()).len(), 0);
}

/// A row that all write is in no transaction: its conflicts would fail turns.
#[tokio::test(flavor = "multi_thread")]
async fn m3_trouble_with_the_stacks_quota_is_not_the_clients() {
    let (stack, user) = scene().await;
    let rule = Rule::new(Effect::Throttle).function("chat").operation("UpdateItem");
    let fault = stack.proxy.inject(rule.key("QUOTA#ALL").always());
    let response = ask(&user, &json!({ "message": "hello" })).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(fault.hits() > 0);
    stack.log_line("chat", "the stack's quota was not counted").await.unwrap();
    assert_eq!(used(&stack, &user).await.tokens, tokens(&response.json()["usage"]));
    let calls = stack.recorder.take();
    let operations: Vec<&str> =
        of_stack(&calls).into_iter().map(|call| call.operation.as_str()).collect();
    assert!(!operations.contains(&"TransactWriteItems"), "{operations:?}");
}

/// Other instances count, too: what they have used is known within thirty seconds, and read no more
/// often.
#[tokio::test(flavor = "multi_thread")]
async fn m3_an_instance_learns_within_thirty_seconds_what_others_have_used() {
    let scene = Scene::standing_still(QuotaConfig { stack_unverified_percent: 100, ..QUOTA }).await;
    let ask = async |id: &str| {
        scene.stack.recorder.take();
        let response = scene.ask(None, submit(id, "[[down]]")).await;
        let refused = match response {
            Ok(reply) => whole(reply).await.1.err().map_or("none", |problem| problem.code()),
            Err(problem) => code(Err(problem)),
        };
        (refused, of_stack(&scene.stack.recorder.take()).len())
    };
    assert_eq!(ask("a").await, ("ASSISTANT_UNAVAILABLE", 1), "the first turn reads");
    set_used_by_all(&scene.stack, 10_000_000, 0).await;
    assert_eq!(ask("b").await, ("ASSISTANT_UNAVAILABLE", 0));
    scene.wait(Duration::from_millis(29_999));
    assert_eq!(ask("c").await, ("ASSISTANT_UNAVAILABLE", 0));
    scene.wait(Duration::from_millis(1));
    assert_eq!(ask("d").await, ("STACK_QUOTA_EXCEEDED", 1));
    assert_eq!(ask("e").await, ("STACK_QUOTA_EXCEEDED", 0));
    set_used_by_all(&scene.stack, 9_999_999, 0).await;
    scene.wait(Duration::from_secs(30));
    assert_eq!(ask("f").await, ("ASSISTANT_UNAVAILABLE", 1));
}

fn of_stack(calls: &[Call]) -> Vec<&Call> {
    calls.iter().filter(|call| call.keys.iter().any(|key| key.starts_with("QUOTA#ALL"))).collect()
}
