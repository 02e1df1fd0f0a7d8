use e2e::{append, conversation, id};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

const MESSAGES: &str = "/api/conversations/1/messages";

#[tokio::test(flavor = "multi_thread")]
async fn both_roles_are_appended_and_others_are_not() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    for (n, role) in [(1, "user"), (2, "assistant")] {
        let body = json!({ "role": role, "content": "hello\n\tworld" });
        let made = user.post(MESSAGES).json(&body).await;
        assert_eq!((made.status, id(&made)), (201, n));
        let message = made.json();
        assert_eq!(message["conversation_id"], 1);
        assert_eq!(
            (&message["role"], &message["content"]),
            (&json!(role), &json!("hello\n\tworld"))
        );
    }
    for role in [json!("system"), json!("User"), json!("tool"), json!(null), json!(1)] {
        let body = json!({ "role": role, "content": "hello" });
        let response = user.post(MESSAGES).json(&body).await;
        assert_eq!(response.status, 422, "{role}");
        assert_eq!(response.json()["errors"][0]["pointer"], "/role");
    }
    let listed = user.get(MESSAGES).await.json();
    assert_eq!(listed["messages"].as_array().unwrap().len(), 2);
    assert_eq!(listed["next_cursor"], Value::Null);
    conversation(&user).await;
    let nobody = user.get("/api/conversations/2/messages?role=assistant").await;
    assert_eq!(nobody.json(), json!({ "messages": [], "next_cursor": null }));
}

/// The limit counts code points, however they are written.
#[tokio::test(flavor = "multi_thread")]
async fn check_61_62_ten_thousand_characters_are_stored_and_one_more_is_not() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let raw = |content: &str| format!(r#"{{"role":"user","content":"{content}"}}"#);
    let send = |body: String| {
        user.post(MESSAGES).header("content-type", "application/json").body(body).send()
    };
    for (unit, written, units) in [
        ("a", "a", 10_000),
        ("🦀", "🦀", 10_000),
        ("🦀", r"\ud83e\udd80", 10_000),
        ("e\u{301}", "e\u{301}", 5_000),
        ("\u{1}", r"\u0001", 9_999),
    ] {
        let (mut text, mut body) = (unit.repeat(units), written.repeat(units));
        if unit == "\u{1}" {
            // Controls alone would be blank.
            text.push('x');
            body.push('x');
        }
        let made = send(raw(&body)).await;
        assert_eq!(made.status, 201, "{written}: {:.200}", made.text());
        assert_eq!(made.json()["content"], text, "{written}");
        let refused = send(raw(&(body + "x"))).await;
        assert_eq!(refused.status, 422, "{written}");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/content");
    }
    for blank in ["", " ", "\u{200b}", "\u{3000}", r"\n\t"] {
        assert_eq!(send(raw(blank)).await.status, 422, "{blank:?}");
    }
    let stored = e2e::whole_list(&user, &format!("{MESSAGES}?limit=50"), "messages").await.0;
    assert_eq!(stored.len(), 5);
    assert_eq!(stored[2]["content"], "🦀".repeat(10_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_moves_its_conversation_to_the_front() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    for _ in 0..3 {
        conversation(&user).await;
    }
    append(&user, 2, "hello").await;
    let listed = user.get("/api/conversations?sort=updated_at").await.json();
    assert_eq!(e2e::ids(listed["conversations"].as_array().unwrap()), [2, 3, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_to_nothing_is_404() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let response = append(&user, 1, "hello").await;
    assert_eq!((response.status, response.code().as_str()), (404, "CONVERSATION_NOT_FOUND"));
    assert_eq!(user.get(MESSAGES).await.status, 404);
    assert_eq!(stack.engine.count("USER#", "MESSAGE#").await.unwrap(), 0);
}

/// Also where the time of last activity is that of a clock ahead, which takes a second update.
#[tokio::test(flavor = "multi_thread")]
async fn an_append_to_a_conversation_that_is_deleted_meanwhile_is_404() {
    for (is_behind, skip) in [(false, 0), (true, 0), (true, 1)] {
        let stack = Stack::start().await;
        let user = stack.sign_up("ada").await;
        conversation(&user).await;
        let (pk, sk) = (format!("USER#{}", user.id), format!("CONVERSATION#{:016}", 1));
        if is_behind {
            let future = json!({ "S": "2999-01-01T00:00:00.000Z" });
            stack.engine.set(&pk, &sk, &[("updated_at", future)]).await.unwrap();
        }
        stack.warm(&["append-message", "delete-conversation"]).await.unwrap();
        let rule = Rule::new(Effect::HoldBefore).function("append-message").operation("UpdateItem");
        let held = stack.proxy.inject(rule.skip(skip).times(3));
        let (late, ()) = tokio::join!(append(&user, 1, "hello"), async {
            held.reached(1).await.unwrap();
            assert_eq!(user.delete("/api/conversations/1").await.status, 204);
            held.release();
        });
        let refusal = (late.status, late.code());
        assert_eq!(refusal, (404, "CONVERSATION_NOT_FOUND".to_owned()), "{is_behind} {skip}");
        assert_eq!(stack.engine.count("USER#", "MESSAGE#").await.unwrap(), 0);
        let row = stack.engine.get_item(&pk, &sk).await.unwrap().unwrap();
        assert_eq!(row["last_message_id"]["N"], "0", "{is_behind} {skip}: {row}");
    }
}
