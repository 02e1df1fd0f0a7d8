use e2e::{append, conversation, id};
use harness::Method;
use harness::stack::Stack;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_made_read_renamed_and_deleted() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let body = json!({ "title": "Servo tuning" });
    let made = user.post("/api/conversations").json(&body).await;
    assert_eq!((made.status, id(&made)), (201, 1));
    assert_eq!(made.json()["title"], "Servo tuning");
    let read = user.get("/api/conversations/1").await;
    assert_eq!((read.status, read.json()), (200, made.json()));

    let body = json!({ "title": "PID tuning" });
    let renamed = user.patch("/api/conversations/1").json(&body).await;
    assert_eq!(renamed.status, 200);
    let read = user.get("/api/conversations/1").await.json();
    assert_eq!(read, renamed.json());
    assert_eq!(
        (&read["title"], &read["created_at"]),
        (&json!("PID tuning"), &made.json()["created_at"])
    );
    assert!(read["updated_at"].as_str() >= made.json()["updated_at"].as_str());

    assert_eq!(user.delete("/api/conversations/1").await.status, 204);
    for method in [Method::GET, Method::DELETE] {
        let response = user.call(method, "/api/conversations/1").await;
        assert_eq!((response.status, response.code().as_str()), (404, "CONVERSATION_NOT_FOUND"));
    }
    let response = user.patch("/api/conversations/1").json(&body).await;
    assert_eq!(response.status, 404);
    assert_eq!(append(&user, 1, "too late").await.status, 404);
    assert_eq!(conversation(&user).await, 2, "an id is never used again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_optional_and_bounded() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let make = |body: serde_json::Value| user.post("/api/conversations").json(&body).send();
    assert_eq!(make(json!({})).await.json()["title"], "New conversation");
    assert_eq!(make(json!({ "title": "é".repeat(200) })).await.status, 201);
    for title in ["é".repeat(201), String::new(), " ".to_owned(), "a\nb".to_owned()] {
        assert_eq!(make(json!({ "title": title })).await.status, 422, "{title:?}");
    }
    assert_eq!(make(json!({ "title": null })).await.status, 422);
    assert_eq!(make(json!({ "id": 7 })).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_55_odd_ids_are_404() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    for odd in [
        "0",
        "-1",
        "01",
        "+1",
        "%201",
        "1%20",
        "1e0",
        "1.0",
        "9007199254740993",
        "18446744073709551616",
        "%D9%A1",
        "x",
        "1%2F..%2F1",
    ] {
        let response = user.get(&format!("/api/conversations/{odd}")).await;
        assert_eq!(response.status, 404, "{odd}");
    }
}

/// A clock that is behind another function's never moves the time of last activity back.
#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_last_activity_never_goes_back() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let id = conversation(&user).await;
    let future = "2999-01-01T00:00:00.000Z";
    let (pk, sk) = (format!("USER#{}", user.id), format!("CONVERSATION#{id:016}"));
    stack.engine.set(&pk, &sk, &[("updated_at", json!({ "S": future }))]).await.unwrap();
    assert_eq!(append(&user, id, "hello").await.status, 201);
    let path = format!("/api/conversations/{id}");
    let read = user.get(&path).await.json();
    assert_eq!(read["updated_at"], future);
}
