//! Functions that die in a turn: at each of their calls, before the table sees it and after.

use e2e::User;
use e2e::chat::{SLOW, Said, ask, builder, interactions, stored, ui_message};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

/// The calls of a slow turn: operation, and how many of the same come before it.
const CALLS: [(&str, usize); 7] = [
    ("BatchGetItem", 0),
    // The id that the client gave the chat is read first.
    ("BatchGetItem", 1),
    ("Query", 0),
    ("TransactWriteItems", 0),
    ("TransactWriteItems", 1),
    ("UpdateItem", 0),
    ("PutItem", 0),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_repairs_what_a_function_left_when_it_died() {
    let stack = builder().start().await.unwrap();
    let user = stack.sign_up("ada").await;
    // The first turn of each chat makes its conversation; the second is the one that dies.
    for (operation, skip) in CALLS {
        for effect in [Effect::HoldBefore, Effect::HoldAfter] {
            for first in [true, false] {
                if first && operation == "Query" {
                    // A chat that is made has no messages to read.
                    continue;
                }
                let chat = format!("{operation} {skip} {effect:?} {first}");
                let before = if first { 0 } else { turn(&user, &chat, "z").await };
                dies(&stack, &user, &chat, (operation, skip, effect)).await;
                recovers(&stack, &user, &chat, before).await;
            }
        }
    }
}

/// Has a turn, and says how many messages its conversation has then.
async fn turn(user: &User, chat: &str, id: &str) -> usize {
    let response = ask(user, &ui_message(chat, id, "hello")).stream().await;
    assert_eq!(response.status, 200, "{chat}");
    let said = Said::whole(response).await;
    let conversation = said.value("/messageMetadata/conversation_id").as_u64().unwrap();
    stored(user, conversation).await.len()
}

/// Kills the function at a call of a turn.
async fn dies(stack: &Stack, user: &User, chat: &str, call: (&str, usize, Effect)) {
    let (operation, skip, effect) = call;
    // INIT makes calls too, of processes that are not the turn's.
    stack.warm(&["chat"]).await.unwrap();
    let rule = Rule::new(effect).function("chat").operation(operation).skip(skip);
    let fault = stack.proxy.inject(rule);
    let body = ui_message(chat, "a", text_of(chat));
    let request = ask(user, &body).outside_contract();
    let (response, killed) = tokio::join!(
        async {
            let mut response = request.try_stream().await.ok()?;
            while let Ok(Some(_)) = response.next().await {}
            Some(response.text())
        },
        async {
            fault.reached(1).await.unwrap();
            let killed = stack.runtime.kill("chat").await.unwrap();
            fault.release();
            killed
        }
    );
    assert!(killed >= 1, "{chat}");
    assert!(!response.unwrap_or_default().contains("[DONE]"), "{chat}: the client got an end");
    stack.proxy.clear_faults();
}

/// The same message again: the turn happens, once, and the conversation goes on.
async fn recovers(stack: &Stack, user: &User, chat: &str, before: usize) {
    let pk = format!("USER#{}", user.id);
    for row in stack.engine.query(&pk, "CONVERSATION#").await.unwrap() {
        if row.get("turn_run").is_none() {
            continue;
        }
        // The lease ends within a minute, by itself.
        let until = row["turn_until"]["S"].as_str().unwrap().to_owned();
        assert!(until < in_a_minute(), "{until}");
        let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
        let sk = row["sk"]["S"].as_str().unwrap();
        let asleep = user.get(&path_of(chat)).stream().await;
        assert_eq!(asleep.status, 200, "{chat}: until then, it seems to run");
        drop(asleep);
        stack.engine.set(&pk, sk, &[("turn_until", past)]).await.unwrap();
        let idle = user.get(&path_of(chat)).await;
        assert_eq!(idle.status, 204, "{chat}: an interrupted turn does not run");
    }
    let logged = interactions(user).await.len();
    let response = ask(user, &ui_message(chat, "a", text_of(chat))).stream().await;
    let said = Said::whole(response).await;
    assert!(said.text.ends_with(text_of(chat)), "{chat}: {said:?}");
    let id = said.value("/messageMetadata/conversation_id").as_u64().unwrap();
    let messages = stored(user, id).await;
    let roles: Vec<&str> = messages.iter().map(|message| message.1.as_str()).collect();
    assert_eq!(roles, ["user", "assistant"].repeat(before / 2 + 1), "{chat}");
    assert_eq!(messages.last().unwrap().2, said.text, "{chat}");
    assert!(messages.is_sorted_by(|a, b| a.0 < b.0), "{chat}: {messages:?}");
    // A close that was carried out, but not confirmed, has logged it already.
    let now = interactions(user).await.len();
    assert!(now == logged + 1 || now == logged, "{chat}");
    let of_reply = |row: &&Value| row["message_id"] == messages.last().unwrap().0;
    let rows = interactions(user).await;
    let here = rows.iter().filter(|row| row["conversation_id"] == id).filter(of_reply);
    assert_eq!(here.count(), 1, "{chat}: one interaction for the reply");
    assert_eq!(turn(user, chat, "next").await, before + 4, "{chat}");
}

/// Only the leases of slow replies are renewed.
fn text_of(chat: &str) -> &'static str {
    if chat.starts_with("UpdateItem") || chat.starts_with("PutItem") { SLOW } else { "hello" }
}

fn path_of(chat: &str) -> String {
    format!("/api/chat/{}/stream", chat.replace(' ', "%20"))
}

fn in_a_minute() -> String {
    let now = shared::clock::Clock::System.now();
    now.plus(std::time::Duration::from_mins(1)).to_string()
}
