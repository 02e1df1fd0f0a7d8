//! What a turn used is counted once, whatever fails while it is counted.

use std::time::Duration;

use e2e::chat::{Said, ask, builder, scene, ui_message};
use harness::proxy::{Effect, Rule};
use serde_json::{Value, json};

use crate::helpers::quotas::{EXPECTED, Used, running_turn, settled, tokens, used, used_by_all};

/// The table carries out each write, but its response is lost, and the SDK sends the write again.
#[tokio::test(flavor = "multi_thread")]
async fn m2_a_write_whose_response_is_lost_counts_once() {
    let (stack, user) = scene().await;
    let lost = |operation: &str, key: &str| {
        Rule::new(Effect::LostResponse).function("chat").operation(operation).key(key)
    };
    let closing = stack.proxy.inject(lost("TransactWriteItems", "|QUOTA#").skip(1).times(3));
    let of_stack = stack.proxy.inject(lost("UpdateItem", "QUOTA#ALL").times(2));
    let usage = ask(&user, &json!({ "message": "hello" })).await.json()["usage"].clone();
    assert_eq!((closing.hits(), of_stack.hits()), (3, 2));
    let once = Used { messages: 1, tokens: tokens(&usage), open_runs: 0 };
    assert_eq!(used(&stack, &user).await, once);
    assert_eq!(used_by_all(&stack).await, (once.tokens, once.tokens));

    // The same where the turn can't be closed, since its conversation was deleted.
    stack.proxy.clear_faults();
    let alone = stack.proxy.inject(lost("UpdateItem", "|QUOTA#2").times(2));
    let running = running_turn(&user, "c").await;
    assert_eq!(user.delete("/api/conversations/2").await.status, 204);
    Said::whole(running).await;
    assert_eq!(alone.hits(), 2);
    let (now, all) = (settled(&stack, &user).await, used_by_all(&stack).await.0);
    assert_eq!((now.messages, now.tokens), (2, all));
}

/// What a function used that died is not known: what was expected stays counted.
#[tokio::test(flavor = "multi_thread")]
async fn m2_a_function_that_died_counts_what_was_expected_of_it() {
    let stack = builder().start().await.unwrap();
    let (closing, of_stack) = (("TransactWriteItems", 1), ("UpdateItem", 0));
    for (name, (operation, skip), effect) in [
        ("ada", closing, Effect::HoldBefore),
        ("eve", closing, Effect::HoldAfter),
        ("mallory", of_stack, Effect::HoldBefore),
    ] {
        let user = stack.sign_up(name).await;
        stack.warm(&["chat"]).await.unwrap();
        let rule = Rule::new(effect).function("chat").operation(operation).key("QUOTA#");
        let fault = stack.proxy.inject(rule.skip(skip));
        let body = ui_message("c", "a", "hello");
        let request = ask(&user, &body).outside_contract();
        let (_, ()) = tokio::join!(request.try_stream(), async {
            fault.reached(1).await.unwrap();
            // The other write of the closing goes on.
            tokio::time::sleep(Duration::from_millis(300)).await;
            stack.runtime.kill("chat").await.unwrap();
            fault.release();
        });
        stack.proxy.clear_faults();
        let died = used(&stack, &user).await;
        let (pk, sk) = (format!("USER#{}", user.id), format!("CONVERSATION#{:016}", 1));
        let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
        stack.engine.set(&pk, &sk, &[("turn_until", past)]).await.unwrap();
        let said = Said::whole(ask(&user, &body).stream().await).await;
        let (usage, now) = (said.value("/messageMetadata/usage"), used(&stack, &user).await);
        if name == "ada" {
            let expected = usage["input_tokens"].as_u64().unwrap() + EXPECTED;
            assert_eq!(died, Used { messages: 1, tokens: expected, open_runs: 1 }, "{name}");
            let both = expected + tokens(&usage);
            assert_eq!(now, Used { messages: 2, tokens: both, open_runs: 1 }, "{name}");
        } else {
            // The reply is stored and counted; asking again shows it.
            assert_eq!(died, Used { messages: 1, tokens: tokens(&usage), open_runs: 0 }, "{name}");
            assert_eq!(now, died, "{name}");
        }
    }
}

/// Replies of one user that end at the same moment write the same row.
#[tokio::test(flavor = "multi_thread")]
async fn m2_many_turns_at_once_are_all_counted() {
    let stack = builder().concurrency(10).start().await.unwrap();
    let user = stack.sign_up("ada").await;
    for _ in 0..50 {
        e2e::conversation(&user).await;
    }
    let turns = (1..=50).map(|id| {
        let body = json!({ "conversation_id": id, "message": "hello" });
        let request = ask(&user, &body);
        async move { request.await }
    });
    let responses = futures_util::future::join_all(turns).await;
    let replies: Vec<Value> =
        responses.iter().filter(|r| r.status == 200).map(|r| r.json()["usage"].clone()).collect();
    assert!(replies.len() >= 40, "{}", replies.len());
    let refused = responses.iter().filter(|r| r.status != 200);
    assert!(refused.into_iter().all(|r| r.status == 503), "a busy row is all that is in the way");
    let sum = replies.iter().map(tokens).sum();
    let now = settled(&stack, &user).await;
    assert_eq!((now.messages, now.tokens), (u64::try_from(replies.len()).unwrap(), sum));
    assert_eq!(used_by_all(&stack).await, (sum, sum));
}
