//! What tests ask about a session.

use e2e::User;
use harness::Method;
use harness::stack::Response;
use serde_json::Value;

pub async fn call(user: &User, method: Method, path: &str) -> Response {
    user.call(method, &format!("/api/auth/{path}")).await
}

pub async fn get_session(user: &User) -> Value {
    let response = call(user, Method::GET, "get-session").await;
    assert_eq!(response.status, 200);
    response.json()
}

/// The present session's handle.
pub async fn handle(user: &User) -> String {
    get_session(user).await["session"]["id"].as_str().unwrap().to_owned()
}

pub async fn is_signed_in(user: &User) -> bool {
    let response = user.get("/api/user/profile").await;
    assert!(matches!(response.status, 200 | 401), "{}", response.text());
    assert_eq!(get_session(user).await.is_null(), response.status == 401);
    response.status == 200
}
