//! Turns of a chat over HTTP.

use e2e::chat::{SLOW, Said, ask, builder, interactions, scene, stored, ui_message};
use e2e::conversation;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn our_own_form_gets_json() {
    let (stack, user) = scene().await;
    let body = json!({ "message": "How does a servo hold its position?" });
    let response = ask(&user, &body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("x-quota-messages-remaining"), Some("199"));
    let said = response.json();
    let stored = stored(&user, 1).await;
    assert_eq!(stored.len(), 2);
    assert_eq!((said["conversation_id"].as_u64(), &said["user_message_id"]), (Some(1), &json!(1)));
    assert_eq!(said["message_id"], stored[1].0);
    assert_eq!(said["response"], stored[1].2);
    assert_eq!(said["finish_reason"], "stop");
    assert_eq!(said["history"], json!({ "messages": 0, "truncated": false }));
    assert_eq!(said["interaction_id"], interactions(&user).await[0]["id"]);
    let line = stack.log_line("chat", said["interaction_id"].as_str().unwrap()).await.unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["output_tokens"], said["usage"]["output_tokens"], "{line}");

    let body = json!({ "message": "And now?", "conversation_id": 1 });
    let said = ask(&user, &body).await.json();
    assert_eq!((&said["message_id"], &said["history"]["messages"]), (&json!(4), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ai_sdk_gets_a_stream() {
    let (_stack, user) = scene().await;
    let response = ask(&user, &ui_message("my chat", "a", SLOW)).stream().await;
    assert_eq!(response.status, 200);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("x-vercel-ai-ui-message-stream", "v1"),
        ("x-accel-buffering", "no"),
        ("cache-control", "no-cache, no-store, no-transform"),
        ("x-quota-messages-remaining", "199"),
    ] {
        assert_eq!(response.header(name), Some(value), "{name}");
    }
    let said = Said::whole(response).await;
    let types =
        ["start", "start-step", "text-start", "text-delta", "text-end", "finish-step", "finish"];
    assert_eq!(said.types(), types);
    assert!(said.done);
    let start = &said.events[0];
    assert_eq!(start["messageId"], "2");
    let logged = &interactions(&user).await[0];
    let expected = json!({
        "conversation_id": 1, "user_message_id": 1, "interaction_id": logged["id"],
        "parent_id": null, "branched": false,
    });
    assert_eq!(start["messageMetadata"], expected);
    assert_eq!(said.value("/finishReason"), "stop");
    assert_eq!(
        said.value("/messageMetadata/history"),
        json!({ "messages": 0, "truncated": false })
    );
    assert_eq!(stored(&user, 1).await[1].2, said.text, "what was streamed is stored");
    // The client's name leads to the same conversation, and so does its number.
    for (chat, id) in [("my chat", "b"), ("1", "c")] {
        let said = Said::whole(ask(&user, &ui_message(chat, id, "x")).stream().await).await;
        assert_eq!(said.value("/messageMetadata/conversation_id"), 1, "{chat}");
    }
}

/// Deltas arrive while the reply is made, not at its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_sent_as_it_comes() {
    let (_stack, user) = scene().await;
    let mut response = ask(&user, &ui_message("c", "a", SLOW)).stream().await;
    response.until("text-delta").await.unwrap();
    assert_eq!(stored(&user, 1).await.len(), 1, "the reply is not stored yet");
    while response.next().await.unwrap().is_some() {}
    let deltas = response.chunks.iter().filter(|c| c.bytes.windows(10).any(|w| w == b"text-delta"));
    assert!(deltas.count() >= 3, "{}", response.text());
    assert_eq!(stored(&user, 1).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn accept_decides_where_it_is_clear() {
    let (_stack, user) = scene().await;
    let plain = json!({ "message": "hello" });
    for (body, accept, streams) in [
        (&plain, "text/event-stream", true),
        (&plain, "*/*", false),
        (&ui_message("c", "a", "hello"), "*/*", true),
        (&ui_message("c", "b", "hello"), "application/json, text/plain", false),
    ] {
        let response = ask(&user, body).header("accept", accept).stream().await;
        let kind = if streams { "text/event-stream" } else { "application/json" };
        assert_eq!(response.header("content-type"), Some(kind), "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_is_one_turn() {
    let (_stack, user) = scene().await;
    let body = ui_message("c", "a", SLOW);
    let (one, two) =
        tokio::join!(async { Said::whole(ask(&user, &body).stream().await).await }, async {
            Said::whole(ask(&user, &body).stream().await).await
        },);
    let three = Said::whole(ask(&user, &body).stream().await).await;
    for other in [&two, &three] {
        assert_eq!(one.text, other.text);
        assert_eq!(one.value("/messageId"), other.value("/messageId"));
    }
    assert_eq!(stored(&user, 1).await.len(), 2);
    assert_eq!(interactions(&user).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_fifty_times_at_once_is_one_turn() {
    let (_stack, user) = scene().await;
    for round in 1..=3 {
        let body = ui_message(&format!("chat {round}"), "a", "hello");
        let calls = (0..50).map(|_| ask(&user, &body).send());
        let responses = futures_util::future::join_all(calls).await;
        let mut said = responses.iter().map(|response| {
            assert_eq!(response.status, 200, "{}", response.text());
            let said = Said::of(&response.text());
            (said.value("/messageId"), said.value("/messageMetadata/conversation_id"), said.text)
        });
        let first = said.next().unwrap();
        assert!(said.all(|other| other == first));
        assert_eq!(first.1, round);
        assert_eq!(stored(&user, round).await.len(), 2);
    }
    assert_eq!(interactions(&user).await.len(), 3);
}

/// Fifty messages at the same time, on four processes; Lambda would use more.
#[tokio::test(flavor = "multi_thread")]
async fn many_different_messages_at_once_get_at_most_one_reply_each() {
    let (_stack, user) = scene().await;
    for round in 0..3 {
        let id = conversation(&user).await;
        let calls = (0..50).map(|number| {
            let body = json!({ "message": format!("{number} {round}"), "conversation_id": id });
            ask(&user, &body).send()
        });
        let responses = futures_util::future::join_all(calls).await;
        let replied = responses.iter().filter(|response| response.status == 200).count();
        assert!(replied >= 1);
        for refused in responses.iter().filter(|response| response.status != 200) {
            assert_eq!((refused.status, refused.code().as_str()), (409, "TURN_IN_PROGRESS"));
        }
        let messages = stored(&user, id).await;
        assert_eq!(messages.len(), 2 * replied, "a question and its reply for each");
        for pair in messages.chunks(2) {
            assert_eq!((pair[0].1.as_str(), pair[1].1.as_str()), ("user", "assistant"));
        }
    }
}

/// As the same user in many tabs: each makes a conversation of its own.
#[tokio::test(flavor = "multi_thread")]
async fn many_conversations_are_made_at_once() {
    let (_stack, user) = scene().await;
    let bodies: Vec<Value> = (0..20).map(|n| ui_message(&format!("chat {n}"), "a", "hi")).collect();
    let calls = bodies.iter().map(|body| ask(&user, body).send());
    let responses = futures_util::future::join_all(calls).await;
    let ids = responses.iter().map(|response| {
        assert_eq!(response.status, 200, "{}", response.text());
        Said::of(&response.text()).value("/messageMetadata/conversation_id").as_u64().unwrap()
    });
    let ids: std::collections::BTreeSet<u64> = ids.collect();
    assert_eq!(ids.len(), 20);
    for id in ids {
        assert_eq!(stored(&user, id).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_makes_a_repeated_request_the_same_turn() {
    let (_stack, user) = scene().await;
    let body = json!({ "message": "hello" });
    let send = |body: Value| {
        let request = ask(&user, &body).header("idempotency-key", "k");
        async move { request.await }
    };
    let (first, again) = (send(body.clone()).await, send(body.clone()).await);
    assert_eq!((first.status, again.status), (200, 200));
    let mut expected = first.json();
    expected["history"] = Value::Null;
    assert_eq!(again.json(), expected, "the second calls no assistant");
    assert_eq!(again.header("x-quota-messages-remaining"), Some("199"));
    let other = send(json!({ "message": "hello!" })).await;
    assert_eq!((other.status, other.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(stored(&user, 1).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_users_chat_is_none() {
    let (stack, user) = scene().await;
    let eve = stack.sign_up("eve").await;
    let mut running = ask(&user, &ui_message("c", "a", SLOW)).stream().await;
    running.until("text-delta").await.unwrap();
    let body = json!({ "message": "hello", "conversation_id": 1 });
    let sent = ask(&eve, &body).await;
    let joined = eve.get("/api/chat/1/stream").await;
    let stopped = eve.post("/api/chat/1/stop").await;
    for response in [sent, joined, stopped] {
        assert_eq!((response.status, response.code().as_str()), (404, "CONVERSATION_NOT_FOUND"));
    }
    // The client's own names are each user's own.
    let joined = eve.get("/api/chat/c/stream").await;
    let stopped = eve.post("/api/chat/c/stop").await;
    assert_eq!((joined.status, stopped.status), (204, 404));
    let said = Said::whole(running).await;
    assert!(said.text.ends_with("twelve"), "{}", said.text);
    assert_eq!(said.value("/finishReason"), "stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_has_an_end() {
    let stack = builder().env("QUOTA_MESSAGES_PER_DAY", "1").start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let first = ask(&user, &json!({ "message": "hello" })).await;
    assert_eq!(first.header("x-quota-messages-remaining"), Some("0"));
    let second = ask(&user, &ui_message("c", "a", "hello")).await;
    assert_eq!((second.status, second.code().as_str()), (429, "QUOTA_EXCEEDED"));
    let wait: u64 = second.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&wait));
}
