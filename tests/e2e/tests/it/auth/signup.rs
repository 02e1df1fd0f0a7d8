use e2e::{PASSWORD, sign_up_body};
use harness::stack::Stack;
use serde_json::json;

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
