mod before;

use super::*;
use serde_json::json;

fn body(body: &Value) -> Result<Body> {
    Body::parse(&body.to_string())
}

/// The chat's name, the text and the client's id of a submit.
fn submitted(value: &Value) -> (Option<String>, String, Option<String>) {
    submitted_text(&value.to_string())
}

fn submitted_text(text: &str) -> (Option<String>, String, Option<String>) {
    let Body { chat, sent, .. } = Body::parse(text).unwrap();
    assert!(!sent.regenerate);
    let NewMessage { text, client_id } = sent.message.unwrap();
    let chat = chat.map(|chat| match chat {
        Chat::Conversation(id) => id.to_string(),
        Chat::Alias(alias) => alias.as_str().to_owned(),
    });
    (chat, text.as_str().to_owned(), client_id.map(|id| id.as_str().to_owned()))
}

fn problem(value: &Value) -> (u16, String) {
    let problem = body(value).err().unwrap();
    (problem.status(), problem.to_string())
}

fn ui_message(id: &str, role: &str, text: &str) -> Value {
    json!({ "id": id, "role": role, "parts": [{ "type": "text", "text": text }] })
}

#[test]
fn our_own_form() {
    let plain = json!({ "message": "hello", "conversation_id": 7, "other": [1] });
    assert!(!body(&plain).unwrap().is_of_ai_sdk);
    assert_eq!(submitted(&plain), (Some("7".to_owned()), "hello".to_owned(), None));
    assert_eq!(submitted(&json!({ "message": "hello" })).0, None);
}

#[test]
fn the_last_message_of_the_user_counts() {
    let messages = [
        ui_message("a", "user", "one"),
        ui_message("b", "assistant", "two"),
        ui_message("c", "user", "3"),
    ];
    let whole = json!({ "id": "chat", "messages": messages, "trigger": "submit-message" });
    assert!(body(&whole).unwrap().is_of_ai_sdk);
    let expected = (Some("chat".to_owned()), "3".to_owned(), Some("c".to_owned()));
    assert_eq!(submitted(&whole), expected);
    let one = json!({ "id": "12", "message": ui_message("c", "user", "3") });
    assert_eq!(submitted(&one).0, Some("12".to_owned()));
    let messages = [ui_message("a", "user", "one"), ui_message("b", "assistant", "two")];
    assert_eq!(submitted(&json!({ "messages": messages })).1, "one");
}

#[test]
fn only_texts_of_a_message_count() {
    let parts = json!([
        { "type": "text", "text": "see" },
        { "type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA==" },
        { "type": "data-x", "data": { "text": 1 }, "text": 1 },
        { "type": "text", "text": "" },
        { "type": "text", "text": "this", "state": "done" },
        { "type": "text", "text": 5 },
        "text",
    ]);
    let message = json!({ "id": "a", "role": "user", "parts": parts, "metadata": {} });
    let value = json!({ "message": message });
    assert_eq!(submitted(&value).1, "see\n\nthis");
    let mut said = json!({});
    body(&value).unwrap().ignored.add_to(&mut said);
    assert_eq!(said, json!({ "ignored_parts": { "file": 1, "data-x": 1, "unknown": 2 } }));
}

#[test]
fn c4_a_message_of_nothing_but_files_is_refused_in_those_words() {
    let file = json!({ "type": "file", "url": "data:," });
    let empty = json!({ "type": "text", "text": " " });
    for parts in [json!([file, file]), json!([empty, file, file])] {
        let message = json!({ "id": "a", "role": "user", "parts": parts });
        let rule = "parts has no text, and what is not text is not kept (2 file).";
        let alone = json!({ "message": message });
        assert_eq!(problem(&alone), (422, format!("message/{rule}")));
        let listed = json!({ "messages": [ui_message("b", "user", "x"), message] });
        assert_eq!(problem(&listed), (422, format!("messages/1/{rule}")));
    }
}

/// Version 4 of the AI SDK sends `content` beside `parts`.
#[test]
fn c4_the_form_of_openai_is_read() {
    let listed = |message: Value| {
        let system = json!({ "role": "system", "content": "obey" });
        json!({ "conversation_id": 1, "messages": [system, message] })
    };
    let image = json!({ "type": "image_url", "image_url": { "url": "data:," } });
    for (message, expected) in [
        (json!({ "role": "user", "content": "hello" }), "hello"),
        (json!({ "role": "user", "content": [{ "type": "text", "text": "see" }, image] }), "see"),
        (json!({ "role": "user", "content": "hello", "parts": [] }), "hello"),
        (
            json!({ "role": "user", "content": "a", "parts": [{ "type": "text", "text": "b" }] }),
            "b",
        ),
    ] {
        assert_eq!(submitted(&listed(message.clone())).1, expected, "{message}");
        assert!(body(&listed(message)).unwrap().is_of_ai_sdk);
    }
    let refused = problem(&listed(json!({ "role": "user", "content": [image] })));
    assert!(refused.1.contains("what is not text is not kept (1 image_url)"), "{refused:?}");
    let refused = problem(&listed(json!({ "role": "user", "text": "hello" })));
    assert_eq!(refused, (422, "messages/1/parts is required.".to_owned()));
}

/// Earlier messages, and everything that is not asked for, are skipped whatever they are.
#[test]
fn c3_what_is_ignored_can_not_fail_a_request() {
    let question = ui_message("a", "user", "hello").to_string();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    for earlier in [
        "5",
        "null",
        "\"text\"",
        "[]",
        "{}",
        r#"{"role":7}"#,
        r#"{"role":"user","parts":7}"#,
        r#"{"role":"user","parts":null,"id":{}}"#,
        r#"{"role":"user","id":"a","id":"b","parts":[],"parts":[]}"#,
        r#"{"role":"assistant","parts":[{"type":"text","text":1e999,"type":5}]}"#,
        r#"{"role":"tool","content":[1e-999,{"a":1,"a":2}]}"#,
        &deep,
        &objects,
        &format!(r#"{{"role":"assistant","parts":{deep}}}"#),
    ] {
        for text in [
            format!(r#"{{"messages":[{earlier},{question}]}}"#),
            format!(r#"{{"other":{earlier},"messages":[{question}],"other":1}}"#),
        ] {
            assert_eq!(submitted_text(&text).1, "hello", "{earlier:.80}");
        }
    }
}

#[test]
fn a_key_that_is_read_may_be_there_once() {
    for text in [
        r#"{"message":"a","message":"b"}"#,
        r#"{"id":"a","message":"b","id":"a"}"#,
        r#"{"message":{"role":"user","role":"user","parts":[]}}"#,
        r#"{"message":{"role":"user","parts":[],"parts":[]}}"#,
        r#"{"message":{"role":"user","parts":[{"type":"text","text":"a","text":"b"}]}}"#,
        r#"{"messages":[{"role":"user","parts":[{"type":"text","type":"text","text":"b"}]}]}"#,
    ] {
        let refused = Body::parse(text).err().unwrap();
        assert_eq!((refused.status(), refused.code()), (400, "BAD_REQUEST"), "{text}");
    }
}

#[test]
fn a_body_that_is_no_json_is_400() {
    for text in
        ["", "{", r#"{"message":"a""#, r#"{"message":"a"} x"#, r#"{"message":"a","id":1e999}"#]
    {
        assert_eq!(Body::parse(text).err().unwrap().status(), 400, "{text}");
    }
}

#[test]
fn what_is_no_question_is_refused() {
    let none = "messages has no message of the user.";
    for (value, text) in [
        (json!([]), "The body must be an object."),
        (json!("a"), "The body must be an object."),
        (json!({}), "message is required."),
        (json!({ "message": null }), "message is required."),
        (json!({ "messages": [] }), none),
        (json!({ "messages": [ui_message("a", "system", "obey")] }), none),
        (json!({ "messages": [{ "parts": [] }] }), none),
        (json!({ "messages": "a" }), "messages must be a list."),
        (json!({ "message": " " }), "message must not be blank."),
        (json!({ "message": 5 }), "message must be text or a message."),
        (
            json!({ "message": ui_message("a", "user", "") }),
            "message/parts must have 1 to 10,000 characters.",
        ),
        (json!({ "message": { "role": "user" } }), "message/parts is required."),
        (
            json!({ "message": { "role": "user", "parts": "x" } }),
            "message/parts must be a list of parts.",
        ),
        (
            json!({ "message": { "id": 1, "role": "user", "parts": [{ "type": "text", "text": "x" }] } }),
            "message/id must be text.",
        ),
        (
            json!({ "message": ui_message(&"a".repeat(129), "user", "x") }),
            "message/id must have 1 to 128 characters.",
        ),
        (json!({ "message": { "parts": [] } }), "message/role is required."),
        (json!({ "message": ui_message("a", "assistant", "I") }), "message/role must be \"user\"."),
        (json!({ "message": ui_message("a", "system", "obey") }), "message/role must be \"user\"."),
        (
            json!({ "message": "a", "conversation_id": "1" }),
            "conversation_id must be a whole number.",
        ),
        (
            json!({ "message": "a", "conversation_id": [1] }),
            "conversation_id must be a whole number.",
        ),
        (json!({ "message": "a", "id": 5 }), "id must be text."),
        (
            json!({ "message": "a", "trigger": "resume" }),
            "trigger must be \"submit-message\" or \"regenerate-message\".",
        ),
        (
            json!({ "message": "a", "trigger": { "submit-message": null } }),
            "trigger must be \"submit-message\" or \"regenerate-message\".",
        ),
    ] {
        assert_eq!(problem(&value), (422, text.to_owned()), "{value}");
    }
}

#[test]
fn a_chat_that_can_not_be_is_not_found() {
    for id in ["0", "007", "a\nb", &"x".repeat(129)] {
        let value = json!({ "id": id, "message": "hello" });
        assert_eq!(problem(&value).0, 404, "{id}");
    }
}

#[test]
fn c7_more_than_nine_digits_are_the_clients_own_name() {
    let chat = |id: &str| body(&json!({ "id": id, "message": "hello" })).unwrap().chat.unwrap();
    assert!(matches!(chat("999999999"), Chat::Conversation(id) if id.get() == 999_999_999));
    for own in ["1000000000", "1732800000000", "0000000001", "99999999999999999999", "12a"] {
        assert!(matches!(chat(own), Chat::Alias(alias) if alias.as_str() == own), "{own}");
    }
}

#[test]
fn edits_and_other_replies() {
    let edit = json!({ "message": ui_message("a", "user", "x"), "messageId": "a" });
    let sent = body(&edit).unwrap().sent;
    assert_eq!((sent.regenerate, sent.named.as_deref()), (false, Some("a")));
    let again = json!({ "id": "c", "messages": [], "trigger": "regenerate-message" });
    let sent = body(&again).unwrap().sent;
    assert!(sent.regenerate && sent.named.is_none() && sent.message.is_none());
    // A message that breaks a rule is no matter where the reply is named.
    let named = json!({
        "messages": [{ "role": "user", "parts": 5 }], "trigger": "regenerate-message", "messageId": "2",
    });
    let sent = body(&named).unwrap().sent;
    assert!(sent.named.is_some() && sent.message.is_none());
}
