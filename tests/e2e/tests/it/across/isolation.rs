use e2e::{append, conversation, whole_list};
use harness::Method;
use harness::stack::{Response, Stack};
use serde_json::{Value, json};

/// The body without the request's id, which differs each time.
fn body(response: &Response) -> (u16, Value) {
    let mut body = response.json();
    body.as_object_mut().unwrap().remove("instance");
    (response.status, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_35_a_strangers_conversation_is_404_like_an_unknown_one() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    for _ in 0..3 {
        conversation(&ada).await;
    }
    append(&ada, 3, "secret").await;
    let title = json!({ "title": "mine now" });
    let message = json!({ "role": "user", "content": "hello" });
    for (method, suffix, sent) in [
        (Method::GET, "", None),
        (Method::PATCH, "", Some(&title)),
        (Method::DELETE, "", None),
        (Method::GET, "/messages", None),
        (Method::GET, "/messages?role=user", None),
        (Method::POST, "/messages", Some(&message)),
    ] {
        let mut responses = Vec::new();
        for id in [3, 999] {
            let path = format!("/api/conversations/{id}{suffix}");
            let mut request = eve.call(method.clone(), &path);
            if let Some(sent) = sent {
                request = request.json(sent);
            }
            responses.push(body(&request.await));
        }
        assert_eq!(responses[0].0, 404, "{method} {suffix}");
        assert_eq!(responses[0], responses[1], "{method} {suffix}");
    }
    assert_eq!(eve.get("/api/conversations").await.json()["conversations"], json!([]));
    let (messages, _) = whole_list(&ada, "/api/conversations/3/messages", "messages").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["content"], "secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_counts_conversations_from_one() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    assert_eq!(conversation(&ada).await, 1);
    assert_eq!(conversation(&eve).await, 1);
    append(&ada, 1, "of ada").await;
    append(&eve, 1, "of eve").await;
    let (messages, _) = whole_list(&eve, "/api/conversations/1/messages", "messages").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["content"], "of eve");
    assert_eq!(messages[0]["user_id"], eve.id);
}
