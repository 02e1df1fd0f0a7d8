use e2e::{append, as_user, conversation, page, sign_up, whole_list};
use harness::Method;
use harness::stack::{Answer, Stack};
use serde_json::{Value, json};

/// The body without the request's id, which differs by nature.
fn body(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("instance");
    (answer.status, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_35_a_strangers_conversation_is_404_like_an_unknown_one() {
    let stack = Stack::start().await;
    let (ada, eve) = (sign_up(&stack, "ada").await, sign_up(&stack, "eve").await);
    for _ in 0..3 {
        conversation(&stack, &ada).await;
    }
    append(&stack, &ada, 3, "secret").await;
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
        let mut answers = Vec::new();
        for id in [3, 999] {
            let path = format!("/api/conversations/{id}{suffix}");
            let mut request = as_user(&stack, &eve, method.clone(), &path);
            if let Some(sent) = sent {
                request = request.json(sent);
            }
            answers.push(body(&request.send().await));
        }
        assert_eq!(answers[0].0, 404, "{method} {suffix}");
        assert_eq!(answers[0], answers[1], "{method} {suffix}");
    }
    assert_eq!(page(&stack, &eve, "/api/conversations").await.json()["conversations"], json!([]));
    let (messages, _) = whole_list(&stack, &ada, "/api/conversations/3/messages", "messages").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["content"], "secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_counts_conversations_from_one() {
    let stack = Stack::start().await;
    let (ada, eve) = (sign_up(&stack, "ada").await, sign_up(&stack, "eve").await);
    assert_eq!(conversation(&stack, &ada).await, 1);
    assert_eq!(conversation(&stack, &eve).await, 1);
    append(&stack, &ada, 1, "of ada").await;
    append(&stack, &eve, 1, "of eve").await;
    let (messages, _) = whole_list(&stack, &eve, "/api/conversations/1/messages", "messages").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["content"], "of eve");
    assert_eq!(messages[0]["user_id"], eve.id);
}
