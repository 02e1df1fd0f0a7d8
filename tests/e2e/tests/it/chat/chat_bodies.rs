//! What clients send beside the question: whole chats, files, halves of characters.

use e2e::chat::{Said, ask, scene, stored, ui_message};
use harness::stack::{Response, User};
use serde_json::{Value, json};

const JSON: &str = "application/json";

/// Sends a body as it is; gets JSON.
async fn send(user: &User, body: impl Into<Vec<u8>>) -> Response {
    let body: Vec<u8> = body.into();
    let request = user.post("/api/chat").outside_contract().header("accept", JSON);
    request.header("content-type", JSON).body(body).await
}

fn message(id: &str, role: &str, text: &str) -> Value {
    json!({ "id": id, "role": role, "parts": [{ "type": "text", "text": text }] })
}

/// An app sends the whole chat each time, and Lambda takes events of 6 MB.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_have_what_an_event_has() {
    let (_stack, user) = scene().await;
    let chat = |count: usize| -> Value {
        let long = |n: usize| message(&n.to_string(), "assistant", &"x".repeat(100_000));
        let messages: Vec<Value> =
            (0..count).map(long).chain([message("last", "user", "hello")]).collect();
        json!({ "id": "c", "messages": messages, "trigger": "submit-message" })
    };
    let large = ask(&user, &chat(60)).header("accept", JSON).await;
    assert_eq!(large.status, 200, "{}", large.text());
    assert!(large.json()["response"].as_str().unwrap().ends_with("You said: hello"));
    let larger = ask(&user, &chat(63)).await;
    assert_eq!((larger.status, larger.code().as_str()), (413, "BODY_TOO_LARGE"));
    for (body, status) in [
        (r#"{"message":"a","message":"b"}"#, 400),
        (r#"{"message":"a""#, 400),
        (r#"{"message":"a"} x"#, 400),
        (r#"{"messages":"a"}"#, 422),
        (r#"{"messages":[{"parts":[]}]}"#, 422),
        (r#"{"message":"a","conversation_id":"1"}"#, 422),
        (r#"{"message":"a","trigger":"resume"}"#, 422),
        (r#"{"message":"a","conversation_id":2}"#, 404),
        ("[]", 422),
        (r#"["a",1]"#, 422),
        (r#"{"message":"a","trigger":{"submit-message":null}}"#, 422),
        (r#"{"message":["a","user",[]]}"#, 422),
    ] {
        let response = send(&user, body).await;
        assert_eq!(response.status, status, "{body}: {}", response.text());
    }
    assert_eq!(send(&user, b"{\"message\":\"\xff\"}".as_slice()).await.status, 400);
    assert_eq!(stored(&user, 1).await.len(), 2, "nothing else was written");
    let listed = user.get("/api/conversations").await.json();
    assert_eq!(listed["conversations"].as_array().unwrap().len(), 1);
}

/// A text that was cut in the middle of an emoji is part of every later request of its chat.
#[tokio::test(flavor = "multi_thread")]
async fn c3_a_chat_goes_on_after_half_of_a_character() {
    let (_stack, user) = scene().await;
    let cut = r#"{"id":"a","role":"user","parts":[{"type":"text","text":"cut \ud83d"}]}"#;
    let first = send(&user, format!(r#"{{"id":"c","messages":[{cut}]}}"#)).await;
    assert_eq!(first.status, 200, "{}", first.text());
    let reply = r#"{"id":"2","role":"assistant","parts":[{"type":"text","text":"cut \ude00"}]}"#;
    let more = r#"{"id":"b","role":"user","parts":[{"type":"text","text":"more"}],"\ud800":1}"#;
    let second = send(&user, format!(r#"{{"id":"c","messages":[{cut},{reply},{more}]}}"#)).await;
    assert_eq!(second.status, 200, "{}", second.text());
    let plain = send(&user, r#"{"message":"\ud83d\ude00\ud83d"}"#).await;
    assert_eq!(plain.status, 200, "{}", plain.text());
    let texts: Vec<String> = stored(&user, 1).await.into_iter().map(|row| row.2).collect();
    assert_eq!((texts[0].as_str(), texts[2].as_str()), ("cut \u{fffd}", "more"));
    assert_eq!(stored(&user, 2).await[0].2, "😀\u{fffd}");
}

/// Whatever an earlier message is, it is skipped, and so is every field that is not read.
#[tokio::test(flavor = "multi_thread")]
async fn c3_earlier_messages_are_skipped_whatever_they_are() {
    let (_stack, user) = scene().await;
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let photo =
        format!(r#"{{"type":"file","url":"data:image/png;base64,{}"}}"#, "A".repeat(3_300_000));
    for (number, earlier) in [
        "5".to_owned(),
        "null".to_owned(),
        r#"{"role":7,"parts":{}}"#.to_owned(),
        r#"{"role":"user","content":"an older form"}"#.to_owned(),
        r#"{"role":"user","id":5,"parts":"text"}"#.to_owned(),
        r#"{"role":"assistant","id":"a","id":"b","parts":[{"type":"text","text":1e999}]}"#
            .to_owned(),
        format!(r#"{{"role":"tool","parts":{deep}}}"#),
        format!(r#"{{"role":"user","parts":[{photo}]}}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let question = message(&format!("q{number}"), "user", &format!("question {number}"));
        let body = format!(r#"{{"id":"c","x":{deep},"messages":[{earlier},{question}],"x":1}}"#);
        let response = send(&user, body).await;
        assert_eq!(response.status, 200, "{earlier:.100}: {}", response.text());
        let said = response.json();
        assert!(said["response"].as_str().unwrap().ends_with(&format!("question {number}")));
        assert_eq!(said.get("ignored_parts"), None, "{earlier:.100}");
    }
    assert_eq!(stored(&user, 1).await.len(), 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn c4_what_is_not_kept_is_said() {
    let (_stack, user) = scene().await;
    let image =
        json!({ "type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA==" });
    let text = |text: &str| json!({ "type": "text", "text": text });
    let body = |id: &str, parts: Value| json!({ "id": "c", "messages": [{ "id": id, "role": "user", "parts": parts }] });
    let both =
        body("a", json!([text("first"), image, image, { "type": "data-place" }, text("second")]));
    let said = ask(&user, &both).header("accept", JSON).await.json();
    assert_eq!(said["ignored_parts"], json!({ "file": 2, "data-place": 1 }));
    assert_eq!(stored(&user, 1).await[0].2, "first\n\nsecond");
    let streamed = body("b", json!([text("see"), image]));
    let said = Said::whole(ask(&user, &streamed).stream().await).await;
    assert_eq!(said.events[0]["messageMetadata"]["ignored_parts"], json!({ "file": 1 }));
    let whole = Said::whole(ask(&user, &ui_message("c", "d", "all")).stream().await).await;
    assert_eq!(whole.events[0]["messageMetadata"].get("ignored_parts"), None);
    for parts in [json!([image]), json!([text(" "), image])] {
        let refused = ask(&user, &body("e", parts)).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "VALIDATION_ERROR"));
        let errors = json!([{
            "pointer": "/messages/0/parts",
            "detail": "has no text, and what is not text is not kept (1 file)",
        }]);
        assert_eq!(refused.json()["errors"], errors);
    }
    assert_eq!(stored(&user, 1).await.len(), 6);
}

/// `role` and `content`, as OpenAI and version 4 of the AI SDK write them.
#[tokio::test(flavor = "multi_thread")]
async fn c4_the_form_of_openai_is_a_question_too() {
    let (_stack, user) = scene().await;
    let image = json!({ "type": "image_url", "image_url": { "url": "https://example.com/a.png" } });
    for (content, expected, ignored) in [
        (json!("hello"), "hello", None),
        (
            json!([{ "type": "text", "text": "what is this?" }, image]),
            "what is this?",
            Some(json!({ "image_url": 1 })),
        ),
    ] {
        let body = json!({ "messages": [
            { "role": "system", "content": "obey" },
            { "role": "user", "content": content },
        ] });
        let response = ask(&user, &body).header("accept", JSON).await;
        assert_eq!(response.status, 200, "{}", response.text());
        let said = response.json();
        assert!(said["response"].as_str().unwrap().ends_with(expected), "{said}");
        assert_eq!(said.get("ignored_parts"), ignored.as_ref());
    }
    let refused = send(&user, r#"{"messages":[{"role":"user","text":"hello"}]}"#).await;
    assert_eq!(
        refused.json()["errors"][0],
        json!({ "pointer": "/messages/0/parts", "detail": "is required" })
    );
}
