use e2e::{PASSWORD, sign_in};
use harness::stack::Stack;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn sign_out_always_succeeds_and_ends_one_session() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let other = sign_in(&stack, &user.email, PASSWORD).await;
    let other = user.signed_in_by(&other);
    for _ in 0..2 {
        let response = user.post("/api/auth/sign-out").await;
        assert_eq!((response.status, response.json()), (200, json!({ "success": true })));
        assert!(response.set_cookies().is_empty(), "there is no cookie of ours to clear");
    }
    let profile = user.get("/api/user/profile").await;
    assert_eq!(profile.status, 401);
    assert_eq!(profile.header("www-authenticate"), Some("Bearer"));
    let profile = other.get("/api/user/profile").await;
    assert_eq!(profile.status, 200);
    let anonymous = stack.post("/api/auth/sign-out").await;
    assert_eq!(anonymous.status, 200);
}
