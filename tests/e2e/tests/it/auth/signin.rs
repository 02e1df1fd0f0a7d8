use e2e::{PASSWORD, sign_in};
use harness::stack::Stack;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn sign_up_and_sign_in_respond_as_the_data_model_writes_them() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    assert_eq!(user.id.len(), 32);
    let response = sign_in(&stack, "ADA@example.com", PASSWORD).await;
    assert_eq!(response.status, 200);
    let expected = json!({
        "success": true,
        "user_id": user.id,
        "session_token": response.field("session_token"),
        "background_profile": { "software_level": "beginner", "hardware_background": "robotics" },
    });
    assert_eq!(response.json(), expected);
    let second = user.signed_in_by(&response);
    let profile = second.get("/api/user/profile").await;
    assert_eq!(profile.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_sign_ins_are_alike() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    let known = sign_in(&stack, "ada@example.com", "wrong password").await;
    let unknown = sign_in(&stack, "eve@example.com", "wrong password").await;
    let empty = sign_in(&stack, "ada@example.com", "").await;
    for response in [&known, &unknown, &empty] {
        assert_eq!(response.status, 401);
        assert_eq!(response.code(), "INVALID_EMAIL_OR_PASSWORD");
        assert_eq!(response.header("www-authenticate"), Some("Bearer"));
        let mut body = response.json();
        body.as_object_mut().unwrap().remove("instance");
        let mut first = known.json();
        first.as_object_mut().unwrap().remove("instance");
        assert_eq!(body, first);
        assert_eq!(response.headers.keys().count(), known.headers.keys().count());
    }
    assert_eq!(stack.engine.count("USER#", "SESSION#").await.unwrap(), 1, "that of the sign-up");
}

/// A failed sign-in takes at least as long as the floor, so its time does not show the cause.
#[tokio::test(flavor = "multi_thread")]
async fn check_17_a_failed_sign_in_responds_no_sooner_than_the_floor() {
    let stack = Stack::builder().parameter("SignInFloorMilliseconds", "700").start().await.unwrap();
    stack.sign_up("ada").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let start = std::time::Instant::now();
        assert_eq!(sign_in(&stack, email, "wrong password").await.status, 401);
        assert!(start.elapsed().as_millis() >= 700, "{email}: {:?}", start.elapsed());
    }
}
