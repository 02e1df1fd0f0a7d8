//! A conversation as a tree: edits and other replies of any message, with every branch kept.

use e2e::chat::{Said, ask, branch, builder, scene, shown, stored, ui_message, ui_messages};
use e2e::{User, append, conversation, whole_list};
use serde_json::{Value, json};

async fn said(user: &User, body: &Value) -> Said {
    let response = ask(user, body).stream().await;
    assert_eq!(response.status, 200, "{body}");
    Said::whole(response).await
}

/// Two turns of the chat `c`: messages 1 to 4.
async fn two_turns(user: &User) -> [String; 2] {
    let first = said(user, &ui_messages("c", &[("a", "user", "one")])).await;
    let second = [("a", "user", "one"), ("2", "assistant", &first.text), ("b", "user", "two")];
    let second = said(user, &ui_messages("c", &second)).await;
    [first.text, second.text]
}

async fn chosen(user: &User, message: u64) -> Value {
    let body = json!({ "active_message_id": message });
    let response = user.patch("/api/conversations/1").json(&body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

async fn parents(user: &User) -> Vec<Value> {
    let (list, _) = whole_list(user, "/api/conversations/1/messages", "messages").await;
    list.iter().map(|message| message["parent_id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_any_message_is_a_branch() {
    let (_stack, user) = scene().await;
    let [_, second] = two_turns(&user).await;
    assert_eq!(parents(&user).await, [json!(null), json!(1), json!(2), json!(3)]);
    // The first message, edited as the SDK and as assistant-ui edit it.
    let edited = said(&user, &ui_messages("c", &[("a", "user", "uno")])).await;
    assert_eq!(edited.value("/messageMetadata/branched"), true);
    assert_eq!(edited.value("/messageMetadata/parent_id"), Value::Null);
    assert_eq!(branch(&user, 1).await, ["user: uno", "assistant: uno"]);
    // The page goes back to the first branch, and on from there.
    let conversation = chosen(&user, 4).await;
    assert_eq!(conversation["active_message_id"], 4);
    let all = [
        ("a", "user", "one"),
        ("2", "assistant", ""),
        ("b", "user", "two"),
        ("4", "assistant", &second),
        ("c", "user", "three"),
    ];
    let third = said(&user, &ui_messages("c", &all)).await;
    assert_eq!(third.value("/messageMetadata/branched"), false);
    assert_eq!(third.value("/messageMetadata/history/messages"), 4);
    let expected =
        ["one", "two", "three"].map(|text| [format!("user: {text}"), format!("assistant: {text}")]);
    assert_eq!(branch(&user, 1).await, expected.concat());
    assert_eq!(stored(&user, 1).await.len(), 8, "nothing is lost");
    let expected: Vec<Value> = [None, Some(1), Some(2), Some(3), None, Some(5), Some(4), Some(7)]
        .iter()
        .map(|p| json!(p))
        .collect();
    assert_eq!(parents(&user).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reply_to_any_question_is_a_branch() {
    let (_stack, user) = scene().await;
    two_turns(&user).await;
    let again = |named: &str| {
        let mut body = ui_messages("c", &[("a", "user", "one")]);
        body["trigger"] = "regenerate-message".into();
        body["messageId"] = named.into();
        body
    };
    let reply = said(&user, &again("2")).await;
    assert_eq!(reply.value("/messageId"), "5");
    assert_eq!(reply.value("/messageMetadata/branched"), true);
    assert_eq!(reply.value("/messageMetadata/history/messages"), 0, "only its own branch is told");
    assert_eq!(branch(&user, 1).await, ["user: one", "assistant: one"]);
    // The response was lost: the same reply comes again.
    assert_eq!(said(&user, &again("2")).await.value("/messageId"), "5");
    // The user goes on in the other branch: its retry makes this one the active one again.
    chosen(&user, 4).await;
    assert_eq!(said(&user, &again("5")).await.value("/messageId"), "6");
    chosen(&user, 2).await;
    assert_eq!(said(&user, &again("2")).await.value("/messageId"), "7", "one more is wanted");
    assert_eq!(
        parents(&user).await,
        [json!(null), json!(1), json!(2), json!(3), json!(1), json!(1), json!(1)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_retry_makes_its_branch_the_active_one() {
    let (_stack, user) = scene().await;
    two_turns(&user).await;
    let edit = ui_messages("c", &[("a", "user", "uno")]);
    let first = said(&user, &edit).await;
    chosen(&user, 4).await;
    let again = said(&user, &edit).await;
    assert_eq!(again.value("/messageId"), first.value("/messageId"));
    assert_eq!(branch(&user, 1).await, ["user: uno", "assistant: uno"]);
    // A retry of what is on the active branch moves nothing.
    said(&user, &ui_message("c", "z", "more")).await;
    said(&user, &edit).await;
    assert_eq!(branch(&user, 1).await.len(), 4);
    // Who saves an edit without a change wants to see this reply.
    let mut unchanged = edit.clone();
    unchanged["messageId"] = "a".into();
    said(&user, &unchanged).await;
    assert_eq!(branch(&user, 1).await, ["user: uno", "assistant: uno"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_alone_goes_where_it_says() {
    let (_stack, user) = scene().await;
    two_turns(&user).await;
    for (parent, expected) in [(json!(2), 2), (json!("2"), 2), (json!("b"), 3), (json!(4), 4)] {
        let mut body = ui_message("c", &format!("after {parent}"), "next");
        body["parent_id"] = parent.clone();
        let said = said(&user, &body).await;
        assert_eq!(said.value("/messageMetadata/parent_id"), expected, "{parent}");
    }
    let root = json!({ "message": "again", "conversation_id": 1, "parent_id": null });
    assert_eq!(ask(&user, &root).await.json()["parent_id"], Value::Null);
    let unknown = json!({ "message": "again", "conversation_id": 1, "parent_id": 99 });
    let refused = ask(&user, &unknown).await;
    assert_eq!((refused.status, refused.code().as_str()), (404, "MESSAGE_NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_follows_the_active_message_or_its_parent() {
    let (_stack, user) = scene().await;
    let id = conversation(&user).await;
    let path = format!("/api/conversations/{id}/messages");
    let appended = async |body: Value| user.post(&path).json(&body).await;
    append(&user, id, "one").await;
    append(&user, id, "two").await;
    for (parent, expected) in [(json!(1), json!(1)), (json!(null), json!(null))] {
        let response =
            appended(json!({ "role": "assistant", "content": "x", "parent_id": parent })).await;
        assert_eq!((response.status, &response.json()["parent_id"]), (201, &expected));
    }
    assert_eq!(parents(&user).await, [json!(null), json!(1), json!(1), json!(null)]);
    let response = appended(json!({ "role": "user", "content": "x", "parent_id": 9 })).await;
    assert_eq!((response.status, response.code().as_str()), (404, "MESSAGE_NOT_FOUND"));
    let response = appended(json!({ "role": "user", "content": "x", "parent_id": "1" })).await;
    assert_eq!(response.status, 422);
    assert_eq!(stored(&user, id).await.len(), 4, "nothing was written");
    append(&user, id, "last").await;
    assert_eq!(branch(&user, id).await, ["assistant: x", "user: last"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_read_in_pages() {
    let stack = builder().exact().start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let id = conversation(&user).await;
    let path = format!("/api/conversations/{id}/messages");
    let empty = user.get(&format!("{path}?branch=active")).await;
    assert_eq!(empty.json(), json!({ "messages": [], "next_cursor": null }));
    // Message 1, then two branches whose messages take turns: even and odd ids.
    append(&user, id, "1").await;
    for number in 2..=61_u64 {
        let parent = if number <= 3 { 1 } else { number - 2 };
        let body = json!({ "role": "user", "content": number.to_string(), "parent_id": parent });
        assert_eq!(user.post(&path).json(&body).await.status, 201);
    }
    for (leaf, expected) in [
        ("active", (1..=61).rev().step_by(2).collect::<Vec<u64>>()),
        ("60", (2..=60).rev().step_by(2).chain([1]).collect()),
        ("1", vec![1]),
    ] {
        for limit in [1, 7, 24, 50] {
            let list = format!("{path}?branch={leaf}&limit={limit}");
            let (messages, _) = whole_list(&user, &list, "messages").await;
            let ids: Vec<u64> = messages.iter().map(|m| m["id"].as_u64().unwrap()).collect();
            assert_eq!(ids, expected, "{list}");
        }
    }
    stack.recorder.take();
    user.get(&format!("{path}?branch=60&limit=24")).await;
    let trips = harness::proxy::round_trips(&stack.recorder.take());
    assert!(trips <= 2, "{trips}: one read more for what lies between");
    for (query, status) in [
        ("branch=99", 404),
        ("branch=x", 400),
        ("branch=0", 400),
        ("branch=active&role=user", 400),
        ("branch=active&order=asc", 400),
        ("branch=active&order=desc", 200),
    ] {
        let response = user.get(&format!("{path}?{query}")).outside_contract().await;
        assert_eq!(response.status, status, "{query}: {}", response.text());
    }
}

/// A turn reads once more if its branch has messages that are not among the newest, and twice if the message
/// before the question is older than these.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_far_from_the_newest_messages_reads_a_little_more() {
    let stack = builder().exact().start().await.unwrap();
    let user = stack.sign_up("ada").await;
    stack.warm(&["chat"]).await.unwrap();
    let id = conversation(&user).await;
    let path = format!("/api/conversations/{id}/messages");
    append(&user, id, "1").await;
    for number in 2..=80_u64 {
        let parent = if number <= 3 { 1 } else { number - 2 };
        let role = if (number / 2).is_multiple_of(2) { "user" } else { "assistant" };
        let body = json!({ "role": role, "content": number.to_string(), "parent_id": parent });
        assert_eq!(user.post(&path).json(&body).await.status, 201);
    }
    for (parent, trips) in [(80, 4), (11, 5)] {
        stack.recorder.take();
        let body = json!({ "message": "next", "conversation_id": id, "parent_id": parent });
        let said = ask(&user, &body).await.json();
        assert_eq!(said["parent_id"], parent);
        let needed = harness::proxy::round_trips(&stack.recorder.take());
        assert_eq!(needed, trips, "after {parent}, with the two transactions");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_must_be_there_and_is_no_activity() {
    let (_stack, user) = scene().await;
    two_turns(&user).await;
    let before = user.get("/api/conversations/1").await.json();
    assert_eq!(before["active_message_id"], 4);
    let after = chosen(&user, 1).await;
    assert_eq!(after["updated_at"], before["updated_at"]);
    assert_eq!(branch(&user, 1).await, ["user: one"]);
    for (body, status) in [
        (json!({ "active_message_id": 5 }), 404),
        (json!({ "active_message_id": null }), 422),
        (json!({ "active_message_id": 0 }), 422),
        (json!({}), 422),
    ] {
        let response = user.patch("/api/conversations/1").json(&body).await;
        assert_eq!(response.status, status, "{body}: {}", response.text());
    }
    let both = json!({ "active_message_id": 2, "title": "Both" });
    let changed = user.patch("/api/conversations/1").json(&both).await.json();
    assert_eq!((&changed["active_message_id"], &changed["title"]), (&json!(2), &json!("Both")));
    assert_eq!(branch(&user, 1).await.len(), 2);
    let (list, _) = whole_list(&user, "/api/conversations", "conversations").await;
    assert_eq!(list[0].get("active_message_id"), None, "lists do not have it");
}

/// Rows from before conversations had branches: neither parents nor an active message.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_conversation_is_one_branch_in_its_order() {
    let (stack, user) = scene().await;
    two_turns(&user).await;
    let (own, messages) = (format!("USER#{}", user.id), format!("USER#{}#CONVERSATION#1", user.id));
    stack
        .engine
        .remove(&own, "CONVERSATION#0000000000000001", &["active_message_id"])
        .await
        .unwrap();
    for id in 1..=4 {
        let sk = format!("MESSAGE#{id:016}");
        stack.engine.remove(&messages, &sk, &["parent_id", "path"]).await.unwrap();
    }
    let before = ["user: one", "assistant: one", "user: two", "assistant: two"];
    assert_eq!(branch(&user, 1).await, before);
    assert_eq!(user.get("/api/conversations/1").await.json()["active_message_id"], 4);
    assert_eq!(parents(&user).await, [json!(null), json!(1), json!(2), json!(3)]);
    let next = said(&user, &ui_message("c", "x", "three")).await;
    assert_eq!(next.value("/messageMetadata/history/messages"), 4);
    assert_eq!(branch(&user, 1).await[..4], before);
    assert_eq!(branch(&user, 1).await.len(), 6);
}

/// A page that shows a greeting, a picture's caption or whatever else never reached us.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_stored_does_not_count() {
    let (_stack, user) = scene().await;
    let greeting = ("hi", "assistant", "How can I help?");
    let first = said(&user, &ui_messages("c", &[greeting, ("a", "user", "one")])).await;
    let all =
        [greeting, ("a", "user", "one"), ("2", "assistant", &first.text), ("b", "user", "two")];
    said(&user, &ui_messages("c", &all)).await;
    assert_eq!(branch(&user, 1).await.len(), 4);
    let mut alone = json!({ "id": "d", "message": shown("m", "user", "one"), "parent_id": "hi" });
    said(&user, &alone).await;
    alone["message"] = shown("n", "user", "two");
    assert_eq!(ask(&user, &alone).await.code(), "MESSAGE_NOT_FOUND");
}
