use harness::stack::Stack;
use serde_json::{Value, json};

const PROFILE: &str = "/api/user/profile";

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_read_changed_archived_and_revived() {
    let stack = Stack::builder().parameter("ProfileRetentionDays", "3").start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let first = user.get(PROFILE).await.json();
    assert_eq!(first["user_id"], user.id);
    assert_eq!(
        (&first["software_level"], &first["hardware_background"]),
        (&json!("beginner"), &json!("robotics"))
    );
    assert_eq!(first["created_at"], first["updated_at"]);

    let body = json!({ "software_level": "advanced", "hardware_background": "embedded systems" });
    let put = user.put(PROFILE).json(&body).await;
    let expected = json!({
        "success": true, "user_id": user.id,
        "software_level": "advanced", "hardware_background": "embedded systems",
    });
    assert_eq!((put.status, put.json()), (200, expected));
    let second = user.get(PROFILE).await.json();
    assert_eq!(second["created_at"], first["created_at"]);
    assert!(second["updated_at"].as_str() > first["updated_at"].as_str());

    assert_eq!(user.delete(PROFILE).await.status, 204);
    let again = user.delete(PROFILE).await;
    assert_eq!((again.status, again.code().as_str()), (404, "PROFILE_NOT_FOUND"));
    let none = user.get(PROFILE).await;
    assert_eq!((none.status, none.code().as_str()), (404, "PROFILE_NOT_FOUND"));
    let item =
        stack.engine.get_item(&format!("USER#{}", user.id), "PROFILE").await.unwrap().unwrap();
    let ttl: i64 = item["ttl"]["N"].as_str().unwrap().parse().unwrap();
    let kept = ttl - shared::clock::Clock::System.now().seconds();
    assert!((3 * 86_400 - 60..=3 * 86_400).contains(&kept), "{kept} s");
    let signed_in = e2e::sign_in(&stack, &user.email, e2e::PASSWORD).await;
    assert_eq!(signed_in.json()["background_profile"], Value::Null);

    let body = json!({ "software_level": "beginner", "hardware_background": "none" });
    assert_eq!(user.put(PROFILE).json(&body).await.status, 200);
    let revived = user.get(PROFILE).await.json();
    assert_eq!(revived["created_at"], first["created_at"]);
    let item =
        stack.engine.get_item(&format!("USER#{}", user.id), "PROFILE").await.unwrap().unwrap();
    assert!(item["ttl"].is_null() && item["archived_at"].is_null());
}

/// One field alone belongs to a profile that is there; an archived one is not.
#[tokio::test(flavor = "multi_thread")]
async fn one_field_of_an_archived_profile_can_not_be_changed() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    assert_eq!(user.delete(PROFILE).await.status, 204);
    let pk = format!("USER#{}", user.id);
    let before = stack.engine.get_item(&pk, "PROFILE").await.unwrap();
    for field in
        [json!({ "software_level": "advanced" }), json!({ "hardware_background": "other" })]
    {
        let response = user.post("/api/auth/update-user").json(&field).await;
        assert_eq!((response.status, response.code().as_str()), (400, "VALIDATION_ERROR"));
        assert_eq!(stack.engine.get_item(&pk, "PROFILE").await.unwrap(), before, "{field}");
    }
    assert_eq!(user.get(PROFILE).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_37_wrong_backgrounds_are_refused_and_change_nothing() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    for body in [
        json!({ "software_level": "expert", "hardware_background": "none" }),
        json!({ "software_level": null, "hardware_background": "none" }),
        json!({ "software_level": ["beginner"], "hardware_background": "none" }),
        json!({ "software_level": 1, "hardware_background": "none" }),
        json!({ "software_level": "advanced" }),
        json!({ "software_level": "advanced", "hardware_background": "none", "user_id": "x" }),
        json!([]),
    ] {
        let response = user.put(PROFILE).json(&body).await;
        assert_eq!(response.status, 422, "{body}");
    }
    let profile = user.get(PROFILE).await.json();
    assert_eq!(profile["software_level"], "beginner");
}
