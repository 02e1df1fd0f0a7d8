use e2e::{PASSWORD, sign_in, sign_up_body};
use harness::stack::Stack;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn sign_up_and_sign_in_answer_as_the_data_model_writes_them() {
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
async fn both_background_fields_are_required_and_wrong_words_are_named() {
    let stack = Stack::start().await;
    for (change, pointer) in [
        (json!({ "software_level": null }), "/software_level"),
        (json!({ "software_level": "expert" }), "/software_level"),
        (json!({ "software_level": "Beginner" }), "/software_level"),
        (json!({ "hardware_background": "embedded_systems" }), "/hardware_background"),
        (json!({ "hardware_background": ["robotics"] }), "/hardware_background"),
        (json!({ "email": "no address" }), "/email"),
        (json!({ "password": "short" }), "/password"),
        (json!({ "password": "password1" }), "/password"),
        (json!({ "name": "a\u{0}b" }), "/name"),
        (json!({ "user_id": "x" }), "/user_id"),
        (json!({ "email_verified": true }), "/email_verified"),
        (json!({ "pk": "USER#x" }), "/pk"),
    ] {
        let mut body = sign_up_body("ada@example.com");
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        let response = stack.post("/api/auth/signup").json(&body).await;
        assert_eq!(response.status, 422, "{change}");
        assert_eq!(response.json()["errors"][0]["pointer"], pointer, "{change}");
    }
    for field in ["email", "password", "software_level", "hardware_background"] {
        let mut body = sign_up_body("ada@example.com");
        body.as_object_mut().unwrap().remove(field);
        let response = stack.post("/api/auth/signup").json(&body).await;
        assert_eq!(response.status, 422, "without {field}");
        assert_eq!(response.json()["errors"][0]["pointer"], format!("/{field}"));
    }
    assert_eq!(stack.engine.count("USER#", "").await.unwrap(), 0);
    assert_eq!(stack.engine.count("EMAIL#", "").await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_refused_in_any_case() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    let body = sign_up_body("Ada@Example.COM");
    let response = stack.post("/api/auth/signup").json(&body).await;
    assert_eq!(response.status, 422);
    assert_eq!(response.code(), "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    assert_eq!(stack.engine.count("USER#", "ACCOUNT").await.unwrap(), 1);
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

/// A failure does not come before the floor, which hides what became of it.
#[tokio::test(flavor = "multi_thread")]
async fn check_17_a_failed_sign_in_answers_no_sooner_than_the_floor() {
    let stack = Stack::builder().parameter("SignInFloorMilliseconds", "700").start().await.unwrap();
    stack.sign_up("ada").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let start = std::time::Instant::now();
        assert_eq!(sign_in(&stack, email, "wrong password").await.status, 401);
        assert!(start.elapsed().as_millis() >= 700, "{email}: {:?}", start.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_stored_as_argon2id_and_the_address_not_in_a_key() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    for item in stack.engine.all_items().await.unwrap() {
        let key = format!("{} {}", item["pk"], item["sk"]);
        assert!(!key.contains("ada"), "{key}");
        assert!(!item.to_string().contains(PASSWORD), "{key}");
        if let Some(hash) = item["password_hash"]["S"].as_str() {
            assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        }
    }
    assert_eq!(stack.engine.count("EMAIL#", "CREDENTIAL").await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_out_always_succeeds_and_ends_one_session() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let other = sign_in(&stack, &user.email, PASSWORD).await;
    let other = user.signed_in_by(&other);
    for _ in 0..2 {
        let response = user.post("/api/auth/sign-out").await;
        assert_eq!((response.status, response.json()), (200, json!({ "success": true })));
        assert_eq!(response.headers.get_all("set-cookie").iter().count(), 3);
    }
    let profile = user.get("/api/user/profile").await;
    assert_eq!(profile.status, 401);
    assert_eq!(profile.header("www-authenticate"), Some("Bearer"));
    let profile = other.get("/api/user/profile").await;
    assert_eq!(profile.status, 200);
    let anonymous = stack.post("/api/auth/sign-out").await;
    assert_eq!(anonymous.status, 200);
}
