//! What clients and tables do twice: edits back and forth, messages and replies that were lost.

use e2e::chat::{SLOW, Said, ask, branch, interactions, scene, scene_with, stored, ui_message};
use e2e::endpoint::Manner;
use e2e::{User, conversation};
use harness::proxy::{Effect, Fault, Rule};
use harness::stack::Response;
use serde_json::{Value, json};

use crate::helpers::quotas::{self, left};

fn edit(chat: &str, id: &str, text: &str) -> Value {
    let mut body = ui_message(chat, id, text);
    body["messageId"] = id.into();
    body
}

/// What `regenerate()` sends: the chat as the client shows it, up to the question.
fn again(chat: &str, id: &str, text: &str) -> Value {
    let mut body = ui_message(chat, id, text);
    body["trigger"] = "regenerate-message".into();
    body
}

async fn said(user: &User, body: &Value) -> Said {
    let response = ask(user, body).stream().await;
    assert_eq!(response.status, 200, "{body}");
    Said::whole(response).await
}

async fn refused(user: &User, body: &Value) -> (u16, String) {
    let response: Response = ask(user, body).await;
    (response.status, response.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_can_be_taken_back() {
    let (_stack, user) = scene().await;
    said(&user, &ui_message("c", "m", "one")).await;
    for (text, all) in [("two", 4), ("one", 4), ("two", 4), ("three", 6)] {
        said(&user, &edit("c", "m", text)).await;
        let expected = [format!("user: {text}"), format!("assistant: {text}")];
        assert_eq!(branch(&user, 1).await, expected);
        assert_eq!(stored(&user, 1).await.len(), all, "what was said before is the same turn");
    }
}

/// The message was lost on its way, and the client's button asks for another reply to it.
#[tokio::test(flavor = "multi_thread")]
async fn another_reply_to_a_message_that_never_arrived_is_its_first() {
    let (_stack, user) = scene().await;
    said(&user, &again("c", "m1", "one")).await;
    said(&user, &again("c", "m2", "two")).await;
    let all = ["user: one", "assistant: one", "user: two", "assistant: two"];
    assert_eq!(branch(&user, 1).await, all);
    let third = said(&user, &again("c", "m2", "two")).await;
    assert_eq!(branch(&user, 1).await, all, "another reply to what has arrived");
    assert_eq!(third.value("/messageId"), "5");
    // A tab that has not heard of the second message.
    said(&user, &again("c", "m1", "one")).await;
    assert_eq!(branch(&user, 1).await, all[..2]);
    assert_eq!(stored(&user, 1).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_a_deleted_chat_is_free_again() {
    let (_stack, user) = scene().await;
    said(&user, &ui_message("support", "m1", "one")).await;
    let path = "/api/conversations/1";
    assert_eq!(user.delete(path).await.status, 204);
    let joined = user.get("/api/chat/support/stream").await;
    assert_eq!(joined.status, 204);
    for (message, conversation) in [("m2", 2), ("m3", 2)] {
        let said = said(&user, &ui_message("support", message, "two")).await;
        assert_eq!(said.value("/messageMetadata/conversation_id"), conversation);
    }
    assert_eq!(stored(&user, 2).await.len(), 4);
}

/// The table carries out the write that stores the reply, but each of its responses is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_whose_storing_was_not_confirmed_is_stored_once() {
    let (stack, user) = scene().await;
    let rule = Rule::new(Effect::LostResponse).function("chat").operation("TransactWriteItems");
    let fault = stack.proxy.inject(rule.skip(1).times(3));
    let first = said(&user, &ui_message("c", "m", "one")).await;
    assert_eq!(fault.hits(), 3);
    assert_eq!(first.value("/finishReason"), "stop");
    assert_eq!(branch(&user, 1).await, ["user: one", "assistant: one"]);
    assert_eq!(interactions(&user).await.len(), 1);
    said(&user, &ui_message("c", "m2", "two")).await;
}

/// The same request comes twice after a failure. The rows of one are read partly before and partly after the
/// other one gets its reply: it gets the same reply.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_rows_are_of_different_moments_gets_the_reply() {
    let (endpoint, stack, user) = scene_with(Manner::Fails).await;
    conversation(&user).await;
    let body = json!({ "message": "one", "conversation_id": 1 });
    let request = || ask(&user, &body).header("idempotency-key", "k");
    assert_eq!(request().await.code(), "ASSISTANT_UNAVAILABLE");
    endpoint.behaves(Manner::Well);
    let read = |effect, operation| Rule::new(effect).function("chat").operation(operation);
    // Session, account, profile and turn are read first, the conversation and its messages afterwards.
    stack.proxy.inject(read(Effect::Unprocessed(4), "BatchGetItem"));
    let held = ["BatchGetItem", "Query"].map(|operation| {
        stack.proxy.inject(read(Effect::HoldBefore, operation).key("CONVERSATION#"))
    });
    let (late, ()) = tokio::join!(request().send(), async {
        for one in &held {
            one.reached(1).await.unwrap();
        }
        let first = request().await;
        assert_eq!(first.status, 200, "{}", first.text());
        held.iter().for_each(Fault::release);
    });
    assert_eq!(late.status, 200, "{}", late.text());
    assert_eq!(stored(&user, 1).await.len(), 2);
}

/// A question without any reply costs nothing of the quota; one whose reply failed half-way costs
/// what the reply took.
#[tokio::test(flavor = "multi_thread")]
async fn failures_are_counted_as_far_as_they_went() {
    let (_stack, user) = scene().await;
    for number in 0..3 {
        let body = json!({ "message": format!("{number} [[down]]") });
        assert_eq!(refused(&user, &body).await.0, 503);
    }
    let first = ask(&user, &json!({ "message": "hello" })).await;
    assert_eq!(left(&first), [199, 500_000]);
    let body = json!({ "message": "please [[fail]] after some words" });
    assert_eq!(refused(&user, &body).await.0, 503);
    let [messages, tokens] = left(&ask(&user, &json!({ "message": "hello" })).await);
    assert_eq!(messages, 197);
    assert!(tokens < 500_000 - quotas::tokens(&first.json()["usage"]), "{tokens}");
}

/// The SDK retries a call that waits too long, as on a slow machine. The proxy does not delay the
/// retry, which then finds the conversation busy, so the test tries again.
const TRIES: usize = 5;

/// A turn reads the conversation's row beside its messages: here a reply is stored between the
/// two.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_of_one_moment_is_read_again() {
    let (stack, user) = scene().await;
    for _ in 0..TRIES {
        let id = conversation(&user).await;
        let chat = id.to_string();
        let mut running = ask(&user, &ui_message(&chat, "m", SLOW)).stream().await;
        running.until("nine").await.unwrap();
        let rule = Rule::new(Effect::HoldBefore).function("chat").operation("BatchGetItem");
        let fault = stack.proxy.inject(rule);
        let body = json!({ "conversation_id": id, "trigger": "regenerate-message" });
        let (other, ()) = tokio::join!(ask(&user, &body).send(), async {
            fault.reached(1).await.unwrap();
            Said::whole(running).await;
            fault.release();
        });
        if other.status == 409 {
            continue;
        }
        assert_eq!(other.status, 200, "{}", other.text());
        let ids: Vec<u64> = stored(&user, id).await.iter().map(|row| row.0).collect();
        assert_eq!(ids, [1, 2, 3], "another reply than the one that was stored meanwhile");
        return;
    }
    panic!("the moment was always missed");
}

/// A turn whose lease has ended counts as dead, but it may still finish while another begins.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_was_only_slow_is_not_overtaken_unseen() {
    let (stack, user) = scene().await;
    for _ in 0..TRIES {
        let id = conversation(&user).await;
        let chat = id.to_string();
        let mut running = ask(&user, &ui_message(&chat, "m", SLOW)).stream().await;
        running.until("seven").await.unwrap();
        let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
        let (pk, sk) = (format!("USER#{}", user.id), format!("CONVERSATION#{id:016}"));
        stack.engine.set(&pk, &sk, &[("turn_until", past)]).await.unwrap();
        let rule = Rule::new(Effect::HoldAfter).function("chat").operation("BatchGetItem");
        let fault = stack.proxy.inject(rule);
        let body = json!({ "conversation_id": id, "message": "next" });
        let (next, slow) = tokio::join!(ask(&user, &body).send(), async {
            fault.reached(1).await.unwrap();
            let slow = Said::whole(running).await;
            fault.release();
            slow
        });
        if next.status == 409 {
            continue;
        }
        assert_eq!(slow.value("/finishReason"), "stop");
        assert_eq!(next.json()["history"]["messages"], 2, "{}", next.text());
        assert_eq!(stored(&user, id).await.len(), 4);
        return;
    }
    panic!("the moment was always missed");
}

/// The same words are another message, under another name.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_message_may_read_like_the_one_before() {
    let (_stack, user) = scene().await;
    said(&user, &ui_message("c", "m1", "continue")).await;
    said(&user, &again("c", "m2", "continue")).await;
    let both = ["user: continue", "assistant: continue"].repeat(2);
    assert_eq!(branch(&user, 1).await, both);
    // A question that the assistant can't get replaces nothing either.
    assert_eq!(refused(&user, &again("c", "m3", &"x".repeat(10_001))).await.0, 422);
    assert_eq!(branch(&user, 1).await, both);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_failed_can_be_made_again_after_another() {
    let (_stack, user) = scene().await;
    said(&user, &ui_message("c", "m", "one")).await;
    for _ in 0..2 {
        let failed = said(&user, &edit("c", "m", "two [[fail]]")).await;
        assert_eq!(failed.types().last(), Some(&"error"));
        said(&user, &edit("c", "m", "three")).await;
        assert_eq!(branch(&user, 1).await, ["user: three", "assistant: three"]);
    }
}
