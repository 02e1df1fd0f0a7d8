//! Functions that die while they take a turn over: at each of their calls, before the table sees it and
//! after.

use e2e::User;
use e2e::chat::{Said, ask, branch, builder, interactions, stored, ui_message};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::json;

const SLOW: &str = "[[slower]] one two three four five six seven eight nine ten end";

/// The calls of a request that finds a dead turn whose lease has not ended: operation, and how many of the
/// same come before it. It asks the turn to stop, looks eight times, reads all again and what is left of the
/// turn, closes it, reads all again, opens its own, and closes that.
const CALLS: [(&str, usize, Effect); 13] = [
    ("BatchGetItem", 0, Effect::HoldAfter),
    ("UpdateItem", 0, Effect::HoldBefore),
    ("UpdateItem", 0, Effect::HoldAfter),
    ("BatchGetItem", 1, Effect::HoldAfter),
    ("BatchGetItem", 9, Effect::HoldAfter),
    ("Query", 2, Effect::HoldAfter),
    ("TransactWriteItems", 0, Effect::HoldBefore),
    ("TransactWriteItems", 0, Effect::HoldAfter),
    ("Query", 3, Effect::HoldAfter),
    ("TransactWriteItems", 1, Effect::HoldBefore),
    ("TransactWriteItems", 1, Effect::HoldAfter),
    ("TransactWriteItems", 2, Effect::HoldBefore),
    ("TransactWriteItems", 2, Effect::HoldAfter),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_repairs_what_is_left_of_a_taking_over() {
    let stack = builder().start().await.unwrap();
    let user = stack.sign_up("ada").await;
    for (conversation, call) in (1..).zip(CALLS) {
        begins_and_dies(&stack, &user, conversation).await;
        takes_over_and_dies(&stack, &user, conversation, call).await;
        recovers(&stack, &user, conversation, &format!("{call:?}")).await;
    }
}

/// A new conversation, whose turn has stored a part of its reply when its function dies.
async fn begins_and_dies(stack: &Stack, user: &User, conversation: u64) {
    let body = json!({ "message": SLOW });
    let mut first = ask(user, &body).header("accept", "text/event-stream").stream().await;
    first.until("echo").await.unwrap();
    let partition = format!("USER#{}#CONVERSATION#{conversation}", user.id);
    while stack.engine.query(&partition, "SEGMENT#").await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(stack.runtime.kill("chat").await.unwrap() >= 1);
    stack.warm(&["chat"]).await.unwrap();
}

async fn takes_over_and_dies(
    stack: &Stack,
    user: &User,
    conversation: u64,
    call: (&str, usize, Effect),
) {
    let (operation, skip, effect) = call;
    let rule = Rule::new(effect).function("chat").operation(operation).skip(skip);
    let fault = stack.proxy.inject(rule);
    let body = ui_message(&conversation.to_string(), "b", "next");
    let request = ask(user, &body).outside_contract();
    let (_, killed) = tokio::join!(request.try_stream(), async {
        fault.reached(1).await.unwrap();
        let killed = stack.runtime.kill("chat").await.unwrap();
        fault.release();
        killed
    });
    assert!(killed >= 1, "{operation} {skip} {effect:?}");
    stack.proxy.clear_faults();
}

/// The same message again gets its reply, and what was stored of the first one stays, once.
async fn recovers(stack: &Stack, user: &User, conversation: u64, what: &str) {
    let (pk, sk) = (format!("USER#{}", user.id), format!("CONVERSATION#{conversation:016}"));
    let row = stack.engine.get_item(&pk, &sk).await.unwrap().unwrap();
    let is_of_next = row.get("turn_question_id").is_some_and(|id| id["N"] == "3");
    if is_of_next {
        // The lease of the second function ends within half a minute, by itself.
        let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
        stack.engine.set(&pk, &sk, &[("turn_until", past)]).await.unwrap();
    }
    let body = ui_message(&conversation.to_string(), "b", "next");
    let response = ask(user, &body).stream().await;
    assert_eq!(response.status, 200, "{what}");
    let said = Said::whole(response).await;
    let messages = stored(user, conversation).await;
    let roles: Vec<&str> = messages.iter().map(|message| message.1.as_str()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant"], "{what}: {messages:?}");
    assert!(messages[1].2.starts_with("This "), "{what}: {messages:?}");
    assert!(!messages[1].2.ends_with("end"), "{what}: {messages:?}");
    assert_eq!(messages[3].2, said.text, "{what}");
    assert_eq!(branch(user, conversation).await.len(), 4, "{what}");
    let rows = interactions(user).await;
    let here = rows.iter().filter(|row| row["conversation_id"] == conversation);
    assert_eq!(here.count(), 2, "{what}: one interaction for each reply");
}
