//! Turns of a chat, on the real engine, without a function around them.

use e2e::{append, conversation, whole_list};
use harness::proxy::{Effect, Rule};
use serde_json::{Value, json};
use shared::app::chat::Chat;
use shared::config::{QuotaConfig, QuotaLimits};
use shared::model::Finish;
use shared::placement::Sent;

use crate::helpers::scene::{QUOTA, Scene, chat, code, plain, regenerate, submit, whole};

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_makes_its_conversation_and_stores_what_was_said() {
    let scene = Scene::new().await;
    let reply = scene.ask(None, submit("a", "How does a servo\nhold its position?")).await.unwrap();
    let (turn, left) = (reply.turn.clone(), reply.quota_remaining.unwrap());
    assert_eq!((turn.conversation_id.get(), left.messages), (1, 99));
    let (text, ending) = whole(reply).await;
    assert_eq!(ending.unwrap().finish, Finish::Stop);
    let stored = scene.messages(1).await;
    let expected = [
        (1, "user".to_owned(), "How does a servo\nhold its position?".to_owned()),
        (2, "assistant".to_owned(), text),
    ];
    assert_eq!(stored, expected);
    let path = "/api/conversations";
    let (list, _) = whole_list(&scene.user, path, "conversations").await;
    assert_eq!(list[0]["title"], "How does a servo hold its position?");
    let interactions = scene.interactions().await;
    assert_eq!(interactions.len(), 1);
    assert_eq!(interactions[0]["id"], turn.interaction_id.as_str());
    assert_eq!(
        (&interactions[0]["conversation_id"], &interactions[0]["message_id"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(interactions[0]["background_used"]["software_level"], "beginner");
}

/// Two round trips before the assistant is called, one after it, however long the conversation is.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_costs_the_same_in_a_long_conversation() {
    let scene = Scene::new().await;
    let mut costs = Vec::new();
    for length in [4, 60] {
        let id = conversation(&scene.user).await;
        for number in 0..length {
            append(&scene.user, id, &format!("message {number}")).await;
        }
        scene.stack.recorder.take();
        let reply = scene.ask(chat(id), submit("a", "hello")).await.unwrap();
        let before = harness::proxy::round_trips(&scene.stack.recorder.take());
        whole(reply).await.1.unwrap();
        let calls = scene.stack.recorder.take();
        let after = harness::proxy::round_trips(&calls);
        let written: f64 = calls.iter().map(|call| call.write_units).sum();
        costs.push((before, after, written));
    }
    assert_eq!(costs[0], costs[1]);
    assert_eq!((costs[0].0, costs[0].1), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_is_one_turn_in_a_row_and_at_once() {
    let scene = Scene::new().await;
    let alias = || Chat::Alias("chat-of-the-client".parse().unwrap());
    let first = scene.ask(alias(), submit("a", "hello")).await.unwrap();
    let id = first.turn.conversation_id;
    let said = whole(first).await.0;
    let again = scene.ask(alias(), submit("a", "hello")).await.unwrap();
    assert_eq!(again.turn.conversation_id, id);
    assert_eq!(whole(again).await.0, said);
    assert_eq!(scene.messages(1).await.len(), 2);

    let slow = "[[slow]] one two three four five six seven eight nine ten";
    let (a, b) =
        tokio::join!(scene.ask(alias(), submit("b", slow)), scene.ask(alias(), submit("b", slow)),);
    let (a, b) = tokio::join!(whole(a.unwrap()), whole(b.unwrap()));
    assert_eq!(a.0, b.0, "the second joins the first");
    let messages = scene.messages(1).await;
    assert_eq!((messages.len(), &messages[3].2), (4, &a.0));
    assert_eq!(scene.interactions().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_message_waits_for_its_turn() {
    let scene = Scene::new().await;
    let slow = "[[slow]] one two three four five six seven eight nine ten";
    let id = conversation(&scene.user).await;
    let first = scene.ask(chat(id), submit("a", slow)).await.unwrap();
    assert_eq!(code(scene.ask(chat(id), plain("hello")).await), "TURN_IN_PROGRESS");
    // A client that hangs up loses nothing.
    drop(first.events);
    let joined = scene.ask(chat(id), submit("a", slow)).await.unwrap();
    let (text, ending) = whole(joined).await;
    assert!(ending.is_ok() && text.ends_with("ten"), "{text}");
    let next = scene.ask(chat(id), submit("b", "hello")).await.unwrap();
    whole(next).await.1.unwrap();
    assert_eq!(scene.messages(id).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_fails_keeps_its_question_and_is_tried_again() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    for _ in 0..2 {
        let reply = scene.ask(chat(id), submit("a", "please [[fail]] now")).await.unwrap();
        let problem = whole(reply).await.1.unwrap_err();
        assert_eq!((problem.status(), problem.code()), (503, "ASSISTANT_UNAVAILABLE"));
        assert_eq!(scene.messages(id).await.len(), 1, "the question, once");
    }
    assert_eq!(scene.interactions().await, Vec::<Value>::new());
    // The conversation goes on.
    let edit = Sent { named: Some("a".to_owned()), ..submit("a", "better") };
    whole(scene.ask(chat(id), edit).await.unwrap()).await.1.unwrap();
    let messages = scene.messages(id).await;
    let texts: Vec<&str> = messages.iter().map(|message| message.2.as_str()).collect();
    assert_eq!(texts[..2], ["please [[fail]] now", "better"], "the edited question stays");
    assert_eq!(messages.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reply_stands_beside_the_first() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    whole(scene.ask(chat(id), submit("a", "hello")).await.unwrap()).await.1.unwrap();
    let reply = scene.ask(chat(id), regenerate("2")).await.unwrap();
    assert_eq!(reply.turn.reply_id.get(), 3);
    whole(reply).await.1.unwrap();
    let ids: Vec<u64> = scene.messages(id).await.iter().map(|message| message.0).collect();
    assert_eq!(ids, [1, 2, 3]);
    let again = scene.ask(chat(id), regenerate("2")).await.unwrap();
    assert_eq!(again.turn.reply_id.get(), 3, "the same request is the same turn");
    whole(again).await.1.unwrap();
    whole(scene.ask(chat(id), submit("b", "more")).await.unwrap()).await.1.unwrap();
    let of_first = scene.ask(chat(id), regenerate("1")).await.unwrap();
    assert_eq!((of_first.turn.question_id.get(), of_first.turn.reply_id.get()), (1, 6));
    whole(of_first).await.1.unwrap();
    assert_eq!(code(scene.ask(chat(id), regenerate("7")).await), "MESSAGE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_turn_stores_what_was_said() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    let slow = "[[slow]] one two three four five six seven eight nine ten eleven twelve";
    let reply = scene.ask(chat(id), submit("a", slow)).await.unwrap();
    let conversation_id = id.try_into().unwrap();
    scene.app.store.of(&scene.caller).stop_turn(conversation_id).await.unwrap();
    let (text, ending) = whole(reply).await;
    assert_eq!(ending.unwrap().finish, Finish::Stop);
    assert!(!text.ends_with("twelve"), "{text}");
    assert_eq!(scene.messages(id).await[1].2, text, "what was streamed is what is stored");
    scene.app.store.of(&scene.caller).stop_turn(conversation_id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_whose_function_died_is_tried_again_when_its_lease_has_ended() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    // The close never reaches the table, as if the function had died before it.
    let rule = Rule::new(Effect::Throttle).function("chat").operation("TransactWriteItems");
    let fault = scene.stack.proxy.inject(rule.skip(1).always());
    let reply = scene.ask(chat(id), submit("a", "hello")).await.unwrap();
    assert!(whole(reply).await.1.is_err());
    assert!(fault.hits() > 0);
    scene.stack.proxy.clear_faults();
    assert_eq!(code(scene.ask(chat(id), plain("other")).await), "TURN_IN_PROGRESS");
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    let (pk, sk) = (format!("USER#{}", scene.user.id), format!("CONVERSATION#{id:016}"));
    scene.stack.engine.set(&pk, &sk, &[("turn_until", past)]).await.unwrap();
    let reply = scene.ask(chat(id), submit("a", "hello")).await.unwrap();
    whole(reply).await.1.unwrap();
    let messages = scene.messages(id).await;
    let ids: Vec<u64> = messages.iter().map(|message| message.0).collect();
    assert_eq!(ids, [1, 3], "no id is used twice");
    assert_eq!(scene.interactions().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_counted_with_the_question_and_ends_with_the_day() {
    let user = QuotaLimits { messages: 2, ..QUOTA.user };
    let scene = Scene::with_quota(QuotaConfig { user, ..QUOTA }).await;
    for left in [1, 0] {
        let reply = scene.ask(None, submit(&format!("m{left}"), "hello")).await.unwrap();
        assert_eq!(reply.quota_remaining.unwrap().messages, left);
        whole(reply).await.1.unwrap();
    }
    let refused = scene.ask(None, submit("c", "hello")).await.err().unwrap();
    assert_eq!((refused.status(), refused.code()), (429, "QUOTA_EXCEEDED"));
    assert!(refused.retry_after().is_some_and(|seconds| seconds <= 86_400));
    let (list, _) = whole_list(&scene.user, "/api/conversations", "conversations").await;
    assert_eq!(list.len(), 2, "nothing is written beyond the quota");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_users_conversation_is_none() {
    let scene = Scene::new().await;
    let stranger = scene.stack.sign_up("eve").await;
    let id = conversation(&stranger).await;
    assert_eq!(code(scene.ask(chat(id), submit("a", "hello")).await), "CONVERSATION_NOT_FOUND");
}
