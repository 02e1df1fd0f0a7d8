use std::collections::{BTreeMap, BTreeSet};

use e2e::chat::{SLOW, Said, ask, builder, ui_message};
use e2e::{
    PASSWORD, append, as_user, conversation, good_body, sign_in, sign_in_email, sign_up, text,
};
use harness::Method;
use harness::stack::Stack;
use serde_json::json;

/// Least privilege, both ways: what the functions call is what the template allows them.
#[tokio::test(flavor = "multi_thread")]
async fn every_function_is_granted_exactly_what_it_uses() {
    let stack = builder().start().await.unwrap();
    let user = sign_up(&stack, "ada").await;
    sign_in(&stack, &user.email, PASSWORD).await;
    conversation(&stack, &user).await;
    append(&stack, &user, 1, "hello").await;
    let background = json!({ "software_level": "advanced", "hardware_background": "none" });
    let title = json!({ "title": "x" });
    let (interaction, rate) = (good_body("create-interaction"), good_body("rate-interaction"));
    let path = "/api/personalization/interactions";
    let made = as_user(&stack, &user, Method::POST, path).json(&interaction).send().await;
    let rating = format!("{path}/{}/rating", text(&made, "id"));
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
        (Method::POST, "/api/personalization/interactions", Some(&interaction)),
        (Method::GET, "/api/personalization/interactions?content_type=chat", None),
        (Method::PUT, &rating, Some(&rate)),
        (Method::POST, "/api/auth/sign-out", None),
    ] {
        let mut request = as_user(&stack, &user, method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await;
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.text());
    }
    better_auth(&stack).await;
    chats(&stack).await;
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    stack.engine.set("SWEEPS", &format!("{}#1", user.id), &[("created_at", past)]).await.unwrap();
    stack.deliver_stream().await.unwrap();
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);

    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut indexes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in stack.recorder.take().into_iter().chain(first_key().await) {
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

/// Only the function that asks an assistant may ask Bedrock, and only where that is the assistant.
#[tokio::test(flavor = "multi_thread")]
async fn bedrock_is_granted_to_who_asks_it() {
    let stack = Stack::builder().parameter("Assistant", "bedrock").start().await.unwrap();
    for function in &stack.template.functions {
        let of_table = |action: &&String| action.starts_with("dynamodb:");
        let others: Vec<_> = function.actions.iter().filter(|action| !of_table(action)).collect();
        let asks = ["bedrock:InvokeModelWithResponseStream"];
        let expected: &[&str] = if function.name == "chat" { &asks } else { &[] };
        assert_eq!(others, expected, "{}", function.name);
    }
}

/// What `token` calls where it is the first to need a key of its ring.
async fn first_key() -> Vec<harness::proxy::Call> {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    let answer = as_user(&stack, &user, Method::GET, "/api/auth/token").send().await;
    assert_eq!(answer.status, 200);
    stack.recorder.take().into_iter().filter(|call| call.function == "token").collect()
}

/// A turn, one made anew, and one that is joined and stopped.
async fn chats(stack: &Stack) {
    let user = sign_up(stack, "eve").await;
    let again = json!({ "conversation_id": 1, "messages": [], "trigger": "regenerate-message" });
    for body in [&ui_message("c", "a", "hello"), &again] {
        let answer = ask(stack, &user, body).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    // Their processes are there when the answer comes.
    for (method, what) in [(Method::GET, "stream"), (Method::POST, "stop")] {
        let path = format!("/api/chat/c/{what}");
        assert_eq!(as_user(stack, &user, method, &path).send().await.status, 204);
    }
    let mut running = ask(stack, &user, &ui_message("c", "b", SLOW)).stream().await;
    running.until("text-delta").await.unwrap();
    let joined = as_user(stack, &user, Method::GET, "/api/chat/c/stream").stream().await;
    let answer = as_user(stack, &user, Method::POST, "/api/chat/c/stop").send().await;
    assert_eq!(answer.status, 204);
    assert!(Said::whole(running).await.done && Said::whole(joined).await.done);
}

/// Every route of Better Auth's client, in each of the ways that need permissions of their own.
async fn better_auth(stack: &Stack) {
    let call = |method, path: &str| stack.call(method, &format!("/api/auth/{path}"));
    let email = "grace@example.com";
    let body = json!({ "name": "Grace", "email": email, "password": PASSWORD });
    let mut token = text(&call(Method::POST, "sign-up/email").json(&body).send().await, "token");
    sign_in_email(stack, email, "wrong password", &json!({})).await;
    let answer = sign_in_email(stack, email, PASSWORD, &json!({})).await;
    let handle = answer.json()["user"]["id"].as_str().unwrap().to_owned();
    // A session that is due for its renewal.
    let pk = format!("USER#{handle}");
    for session in stack.engine.query(&pk, "SESSION#").await.unwrap() {
        let soon = e2e::in_days(1);
        let sk = session["sk"]["S"].as_str().unwrap();
        stack.engine.set(&pk, sk, &[("expires_at", json!({ "S": soon }))]).await.unwrap();
    }
    let wrong = json!({ "password": "wrong password" });
    let answer = call(Method::POST, "verify-password").bearer(&token).json(&wrong).send().await;
    assert_eq!(answer.status, 400);
    for (method, path) in [
        (Method::GET, "get-session"),
        (Method::GET, "list-sessions"),
        (Method::GET, "list-accounts"),
        (Method::GET, "token"),
        (Method::GET, "jwks"),
        (Method::POST, "revoke-session"),
        (Method::POST, "verify-password"),
        (Method::POST, "revoke-other-sessions"),
        (Method::POST, "change-password"),
    ] {
        let mut request = call(method, path).bearer(&token);
        if !good_body(path).is_null() {
            request = request.json(&good_body(path));
        }
        let answer = request.send().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    let wrong = json!({ "currentPassword": "wrong password", "newPassword": "another horse" });
    call(Method::POST, "change-password").bearer(&token).json(&wrong).send().await;
    let right = json!({
        "currentPassword": "another horse",
        "newPassword": PASSWORD,
        "revokeOtherSessions": true,
    });
    token = text(
        &call(Method::POST, "change-password").bearer(&token).json(&right).send().await,
        "token",
    );
    for body in [
        json!({ "software_level": "advanced", "hardware_background": "none" }),
        json!({ "software_level": null, "hardware_background": null }),
    ] {
        let answer = call(Method::POST, "update-user").bearer(&token).json(&body).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let answer = call(Method::POST, "revoke-sessions").bearer(&token).send().await;
    assert_eq!(answer.status, 200);
}
