//! A question while another turn is running: it ends that turn, joins it, or waits.

use std::time::Duration;

use e2e::chat::{Said, ask, branch, interactions, scene, stored, ui_message, ui_messages};
use e2e::{User, conversation};
use harness::proxy::{Effect, Rule};
use harness::stack::StreamedResponse;
use serde_json::{Value, json};
use shared::placement::Sent;

use crate::helpers::quotas::left;
use crate::helpers::scene::{Scene, chat, submit, whole};

/// A message that takes echo ten seconds, which no test here waits for.
const SLOW: &str = "[[slower]] one two three four five six seven eight nine ten end";

/// A slow reply of the chat `c` that has begun.
async fn running(user: &User) -> StreamedResponse {
    let mut running = ask(user, &ui_message("c", "a", SLOW)).stream().await;
    running.until("assistant,").await.unwrap();
    running
}

async fn said(user: &User, body: &Value) -> Said {
    let response = ask(user, body).stream().await;
    assert_eq!(response.status, 200, "{body}");
    Said::whole(response).await
}

/// `stop()` of the AI SDK closes the connection, and the user asks the next question at once.
#[tokio::test(flavor = "multi_thread")]
async fn c2_the_next_question_ends_the_turn_that_runs() {
    let (_stack, user) = scene().await;
    let mut stopped = running(&user).await;
    let shown = Said::of(&stopped.text()).text;
    // The page shows the question and what has come of the reply, under its reserved id.
    let all = [("a", "user", SLOW), ("2", "assistant", shown.as_str()), ("b", "user", "next")];
    let next = said(&user, &ui_messages("c", &all)).await;
    assert_eq!(next.value("/messageMetadata/parent_id"), 2);
    assert_eq!(next.value("/messageMetadata/branched"), false);
    let messages = stored(&user, 1).await;
    assert!(messages[1].2.starts_with(&shown), "{shown:?} is a beginning of {:?}", messages[1].2);
    assert!(!messages[1].2.ends_with("end"), "it was ended: {:?}", messages[1].2);
    let roles: Vec<&str> = messages.iter().map(|message| message.1.as_str()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant"]);
    assert_eq!(branch(&user, 1).await.len(), 4);
    assert_eq!(interactions(&user).await.len(), 2);
    // Who still listens hears all that is stored.
    while stopped.next().await.unwrap().is_some() {}
    assert_eq!(Said::of(&stopped.text()).text, messages[1].2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_the_running_question_ends_it() {
    let (_stack, user) = scene().await;
    drop(running(&user).await);
    said(&user, &ui_messages("c", &[("a", "user", "better")])).await;
    assert_eq!(branch(&user, 1).await, ["user: better", "assistant: better"]);
    assert_eq!(stored(&user, 1).await.len(), 4, "what was said of the first reply stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reply_joins_or_ends_the_running_one() {
    let (_stack, user) = scene().await;
    let first = running(&user).await;
    let mut again = ui_messages("c", &[("a", "user", SLOW)]);
    again["trigger"] = "regenerate-message".into();
    let (first, joined) = tokio::join!(Said::whole(first), said(&user, &again));
    assert_eq!((joined.value("/messageId"), &joined.text), (json!("2"), &first.text));
    assert_eq!(stored(&user, 1).await.len(), 2);

    let mut second = ui_message("c", "b", SLOW);
    let mut running = ask(&user, &second).stream().await;
    running.until("assistant,").await.unwrap();
    second["trigger"] = "regenerate-message".into();
    second["messageId"] = "4".into();
    let other = said(&user, &second).await;
    assert_eq!(other.value("/messageId"), "5");
    let messages = stored(&user, 1).await;
    assert!(!messages[3].2.ends_with("end") && messages[4].2.ends_with("end"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_the_running_question_waits() {
    let (_stack, user) = scene().await;
    let first = running(&user).await;
    let plain = json!({ "message": "hello", "conversation_id": 1 });
    let other_device = ui_messages("c", &[("x", "user", "hello")]);
    for body in [&plain, &other_device] {
        let refused = ask(&user, body).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "TURN_IN_PROGRESS"));
        assert!(refused.header("retry-after").is_some());
    }
    let first = Said::whole(first).await;
    assert!(first.text.ends_with("end"), "nothing ended it");
    assert_eq!(ask(&user, &plain).await.status, 200);
}

/// The list of an edit ends at the edited message, whatever its page shows after it.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_or_another_reply_of_an_older_message_ends_the_running_reply() {
    let (_stack, user) = scene().await;
    said(&user, &ui_messages("c", &[("a", "user", "one")])).await;
    let first = ui_messages("c", &[("a", "user", "one")]);
    let mut named = ui_messages("c", &[("new", "user", "named")]);
    named["messageId"] = "a".into();
    let mut again = first.clone();
    again["trigger"] = "regenerate-message".into();
    again["messageId"] = "2".into();
    let in_place = ui_messages("c", &[("a", "user", "in place")]);
    for (number, older) in [named, again, in_place].iter().enumerate() {
        let mut running =
            ask(&user, &ui_message("c", &format!("slow{number}"), SLOW)).stream().await;
        running.until("assistant,").await.unwrap();
        drop(running);
        let next = said(&user, older).await;
        assert_eq!(next.value("/messageMetadata/parent_id"), Value::Null, "{older}");
    }
    assert_eq!(branch(&user, 1).await, ["user: in place", "assistant: in place"]);
    let all = stored(&user, 1).await;
    let is_cut = |row: &&(u64, String, String)| row.1 == "assistant" && !row.2.contains("said: ");
    let is_slow =
        |row: &&(u64, String, String)| row.1 == "assistant" && row.2.contains("[[slower]]");
    let ended = all.iter().filter(|row| is_cut(row) || is_slow(row));
    assert_eq!(ended.clone().count(), 3, "{all:?}");
    assert!(ended.clone().all(|row| !row.2.ends_with("end")), "{all:?}");
}

/// A reply that the user has stopped is in nobody's way.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_reply_that_is_stopped() {
    let (_stack, user) = scene().await;
    let plain = json!({ "message": "hello", "conversation_id": 1 });
    let other_device = ui_messages("c", &[("x", "user", "hello")]);
    for (number, body) in [plain, other_device].iter().enumerate() {
        let mut running =
            ask(&user, &ui_message("c", &format!("slow{number}"), SLOW)).stream().await;
        running.until("assistant,").await.unwrap();
        assert_eq!(user.post("/api/chat/c/stop").await.status, 204);
        let (next, stopped) = tokio::join!(ask(&user, body).stream(), Said::whole(running));
        assert_eq!(next.status, 200, "{body}");
        next.collect().await.unwrap();
        assert!(!stopped.text.ends_with("end"), "{stopped:?}");
    }
}

/// The function of the running turn stands still, or is dead: its lease has not ended yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_does_not_stop_is_taken_over_with_what_it_stored() {
    for keeps_still in [false, true] {
        let (stack, user) = scene().await;
        let mut first = running(&user).await;
        // The segments of the first second are stored.
        first.until("said:").await.unwrap();
        if keeps_still {
            stack.proxy.inject(
                Rule::new(Effect::HoldBefore)
                    .function("chat")
                    .operation("UpdateItem")
                    .key("CONVERSATION#"),
            );
        } else {
            stack.runtime.kill("chat").await.unwrap();
        }
        let shown = Said::of(&first.text()).text;
        let mut next = ui_message("c", "b", "next");
        if keeps_still {
            // The request that takes over must get through: it asks the run to stop by itself.
            next["trigger"] = "submit-message".into();
        }
        stack.proxy.clear_faults();
        let next = said(&user, &next).await;
        let messages = stored(&user, 1).await;
        let roles: Vec<&str> = messages.iter().map(|message| message.1.as_str()).collect();
        assert_eq!(roles, ["user", "assistant", "user", "assistant"], "{messages:?}");
        let (kept, shown) = (messages[1].2.as_str(), shown.as_str());
        assert!(kept.starts_with(shown) || shown.starts_with(kept), "{kept:?} {shown:?}");
        assert_eq!(next.value("/messageMetadata/parent_id"), 2);
        let ids: Vec<Value> =
            interactions(&user).await.iter().map(|row| row["message_id"].clone()).collect();
        assert_eq!(ids, [json!(4), json!(2)]);
        // The stopped turn counts.
        let [messages_left, _] = left(&ask(&user, &json!({ "message": "x" })).await);
        assert_eq!(messages_left, 197);
    }
}

/// Who comes back to a turn that was taken over gets what is stored of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_was_taken_over_is_replayed() {
    let (stack, user) = scene().await;
    let mut first = running(&user).await;
    first.until("said:").await.unwrap();
    stack.runtime.kill("chat").await.unwrap();
    said(&user, &ui_message("c", "b", "next")).await;
    let again = said(&user, &ui_message("c", "a", SLOW)).await;
    assert_eq!(again.value("/messageId"), "2");
    assert_eq!(again.text, stored(&user, 1).await[1].2);
    assert_eq!(branch(&user, 1).await.len(), 4, "it is on the active branch");
}

/// Fifty tabs send at once, each something of its own.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_questions_at_once_are_one_branch() {
    let (_stack, user) = scene().await;
    conversation(&user).await;
    let bodies: Vec<Value> = (0..50).map(|n| ui_message("1", &format!("m{n}"), "hello")).collect();
    let responses = futures_util::future::join_all(
        bodies.iter().map(|body| async { ask(&user, body).stream().await }),
    );
    let responses = responses.await;
    let mut replied = 0;
    for response in responses {
        match response.status {
            200 => {
                let said = Said::whole(response).await;
                assert!(said.done);
                replied += 1;
            }
            status => assert_eq!(status, 409, "{}", response.text()),
        }
    }
    assert!(replied >= 1);
    let all = stored(&user, 1).await;
    let questions = all.iter().filter(|message| message.1 == "user").count();
    assert_eq!(questions, replied, "who was refused has written nothing");
    assert_eq!(branch(&user, 1).await.len(), all.len());
}

/// The choice of another branch during a turn is the user's last word.
#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_is_chosen_during_a_turn_stays() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    whole(scene.ask(chat(id), submit("a", "one")).await.unwrap()).await.1.unwrap();
    let reply = scene.ask(chat(id), submit("b", SLOW)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let body = json!({ "active_message_id": 2 });
    assert_eq!(scene.user.patch(&format!("/api/conversations/{id}")).json(&body).await.status, 200);
    let (text, ending) = whole(reply).await;
    ending.unwrap();
    assert_eq!(scene.messages(id).await[3].2, text, "the reply is stored");
    assert_eq!(branch(&scene.user, id).await, ["user: one", "assistant: one"]);
    let next = scene.ask(chat(id), Sent { named: None, ..submit("c", "two") }).await.unwrap();
    assert_eq!(next.turn.parent_id.map(shared::id::MessageId::get), Some(2));
    whole(next).await.1.unwrap();
}
