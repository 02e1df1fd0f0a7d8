use std::collections::{BTreeMap, BTreeSet};

use e2e::{PASSWORD, append, as_user, conversation, sign_in, sign_up};
use harness::Method;
use harness::stack::Stack;
use serde_json::json;

/// Least privilege, both ways: what the functions call is what the template allows them.
#[tokio::test(flavor = "multi_thread")]
async fn every_function_is_granted_exactly_what_it_uses() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    sign_in(&stack, &user.email, PASSWORD).await;
    conversation(&stack, &user).await;
    append(&stack, &user, 1, "hello").await;
    let background = json!({ "software_level": "advanced", "hardware_background": "none" });
    let title = json!({ "title": "x" });
    for (method, path, body) in [
        (Method::GET, "/api/auth/ok", None),
        (Method::GET, "/api/user/profile", None),
        (Method::PUT, "/api/user/profile", Some(&background)),
        (Method::DELETE, "/api/user/profile", None),
        (Method::GET, "/api/personalization/context", None),
        (Method::GET, "/api/conversations", None),
        (Method::GET, "/api/conversations?sort=updated_at", None),
        (Method::GET, "/api/conversations/1", None),
        (Method::PATCH, "/api/conversations/1", Some(&title)),
        (Method::GET, "/api/conversations/1/messages", None),
        (Method::GET, "/api/conversations/1/messages?role=user", None),
        (Method::DELETE, "/api/conversations/1", None),
        (Method::POST, "/api/auth/sign-out", None),
    ] {
        let mut request = as_user(&stack, &user, method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await;
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.text());
    }
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    stack.engine.set("SWEEPS", &format!("{}#1", user.id), &[("created_at", past)]).await.unwrap();
    stack.deliver_stream().await.unwrap();
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);

    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut indexes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in stack.recorder.take() {
        indexes.entry(call.function.clone()).or_default().extend(call.index);
        used.entry(call.function).or_default().extend(call.actions);
    }
    for function in &stack.template.functions {
        let used = used.remove(&function.name).unwrap_or_default();
        assert_eq!(used, function.actions, "{}: used, granted", function.name);
        let used = indexes.remove(&function.name).unwrap_or_default();
        assert_eq!(used, function.indexes, "{}: indexes used, granted", function.name);
    }
}
