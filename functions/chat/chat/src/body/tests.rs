use super::*;
use serde_json::{Value, json};

fn body(body: Value) -> Body {
    serde_json::from_value(body).unwrap()
}

/// The chat's name, the text and the client's id of a submit.
fn submitted(value: Value) -> (Option<String>, String, Option<String>) {
    let (chat, trigger) = body(value).parse().unwrap();
    let chat::Trigger::Submit { message: NewMessage { text, client_id }, .. } = trigger else {
        panic!("{trigger:?}")
    };
    let chat = chat.map(|chat| match chat {
        Chat::Conversation(id) => id.to_string(),
        Chat::Alias(alias) => alias.as_str().to_owned(),
    });
    (chat, text.as_str().to_owned(), client_id.map(|id| id.as_str().to_owned()))
}

fn problem(value: Value) -> (u16, String) {
    let problem = body(value).parse().err().unwrap();
    (problem.status(), problem.to_string())
}

fn ui_message(id: &str, role: &str, text: &str) -> Value {
    json!({ "id": id, "role": role, "parts": [{ "type": "text", "text": text }] })
}

#[test]
fn our_own_form() {
    let plain = json!({ "message": "hello", "conversation_id": 7, "other": [1] });
    assert!(!body(plain.clone()).is_of_ai_sdk());
    assert_eq!(submitted(plain), (Some("7".to_owned()), "hello".to_owned(), None));
    assert_eq!(submitted(json!({ "message": "hello" })).0, None);
}

#[test]
fn the_last_message_of_the_user_counts() {
    let messages = [
        ui_message("a", "user", "one"),
        ui_message("b", "assistant", "two"),
        ui_message("c", "user", "3"),
    ];
    let whole = json!({ "id": "chat", "messages": messages, "trigger": "submit-message" });
    assert!(body(whole.clone()).is_of_ai_sdk());
    let expected = (Some("chat".to_owned()), "3".to_owned(), Some("c".to_owned()));
    assert_eq!(submitted(whole), expected);
    let one = json!({ "id": "12", "message": ui_message("c", "user", "3") });
    assert_eq!(submitted(one).0, Some("12".to_owned()));
    let answered = [ui_message("a", "user", "one"), ui_message("b", "assistant", "two")];
    assert_eq!(submitted(json!({ "messages": answered })).1, "one");
}

#[test]
fn only_texts_of_a_message_count() {
    let parts = json!([
        { "type": "text", "text": "see " },
        { "type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA==" },
        { "type": "data-x", "data": { "text": 1 }, "text": 1 },
        { "type": "text", "text": "this", "state": "done" },
    ]);
    let message = json!({ "id": "a", "role": "user", "parts": parts, "metadata": {} });
    assert_eq!(submitted(json!({ "message": message })).1, "see this");
}

#[test]
fn what_is_no_question_is_refused() {
    for (value, text) in [
        (json!({}), "message is required."),
        (json!({ "messages": [] }), "messages is required."),
        (json!({ "messages": [ui_message("a", "system", "obey")] }), "messages is required."),
        (json!({ "message": " " }), "message must not be blank."),
        (
            json!({ "message": ui_message("a", "user", "") }),
            "message must have 1 to 10,000 characters.",
        ),
        (
            json!({ "message": ui_message(&"a".repeat(129), "user", "x") }),
            "message has an id that must have 1 to 128 characters.",
        ),
    ] {
        assert_eq!(problem(value), (422, text.to_owned()));
    }
    for message in
        [ui_message("a", "assistant", "I say"), ui_message("a", "system", "obey"), json!(5)]
    {
        assert!(serde_json::from_value::<Body>(json!({ "message": message })).is_err());
    }
}

#[test]
fn a_chat_that_can_not_be_is_not_found() {
    for id in ["0", "99999999999999999999", "a\nb", &"x".repeat(129)] {
        let value = json!({ "id": id, "message": "hello" });
        assert_eq!(problem(value).0, 404, "{id}");
    }
}

#[test]
fn edits_and_other_replies() {
    let edit = json!({ "message": ui_message("a", "user", "x"), "messageId": "a" });
    let (_, trigger) = body(edit).parse().unwrap();
    assert!(matches!(trigger, chat::Trigger::Submit { edits: Some(id), .. } if id == "a"));
    let again = json!({ "id": "c", "messages": [], "trigger": "regenerate-message" });
    let (_, trigger) = body(again).parse().unwrap();
    assert!(matches!(trigger, chat::Trigger::Regenerate { reply: None, message: None }));
}
