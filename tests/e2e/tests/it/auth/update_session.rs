use harness::stack::Stack;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_has_no_fields_to_update() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let before = stack.engine.all_items().await.unwrap();
    let path = "/api/auth/update-session";
    for body in [json!({}), json!({ "theme": "dark" }), json!({ "userId": "x", "token": "y" })] {
        let response = ada.post(path).json(&body).await;
        assert_eq!((response.status, response.code().as_str()), (400, "NO_FIELDS_TO_UPDATE"));
        assert_eq!(response.field("message"), "No fields to update");
        assert_eq!(stack.post(path).json(&body).await.status, 401);
    }
    assert_eq!(stack.engine.all_items().await.unwrap(), before);
    ada.post("/api/auth/sign-out").await;
    assert_eq!(ada.post(path).json(&json!({})).await.status, 401);
}
