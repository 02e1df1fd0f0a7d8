//! A stranger who guesses cannot lock out the owner of an account who is signed in.

use e2e::{PASSWORD, User, sign_in};
use harness::stack::Stack;
use serde_json::json;

use crate::helpers::rows::{HERE, failures_of_address, failures_of_user, from_network, lock};

/// The failures from all networks, and from this one.
fn both(failures: String) -> [String; 2] {
    let here = from_network(&failures, HERE);
    [failures, here]
}

async fn post(user: &User, path: &str, body: serde_json::Value) -> u16 {
    let path = format!("/api/auth/{path}");
    user.post(&path).json(&body).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn check_30_a_locked_address_leaves_the_owners_sessions_and_password_alone() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let before = stack.engine.query(&format!("USER#{}", user.id), "").await.unwrap();
    for _ in 0..6 {
        sign_in(&stack, &user.email, "wrong password").await;
    }
    for row in both(failures_of_address(&user.email)) {
        lock(&stack, &row, 100).await;
    }
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 429);
    assert_eq!(stack.engine.query(&format!("USER#{}", user.id), "").await.unwrap(), before);
    for path in [
        "/api/user/profile",
        "/api/conversations",
        "/api/auth/get-session",
        "/api/auth/list-sessions",
        "/api/auth/list-accounts",
        "/api/auth/token",
    ] {
        let response = user.get(path).await;
        assert!(response.status == 200 && response.text() != "null", "{path}: {}", response.text());
    }
    let right = json!({ "password": PASSWORD });
    assert_eq!(post(&user, "verify-password", right.clone()).await, 200);
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "another horse" });
    assert_eq!(post(&user, "change-password", change).await, 200);
    assert_eq!(post(&user, "verify-password", right).await, 400);
    let name = json!({ "name": "Ada" });
    assert_eq!(post(&user, "update-user", name).await, 200);
}

/// Nor does a thief of a session who guesses its password lock the owner's sign-in.
#[tokio::test(flavor = "multi_thread")]
async fn check_30_guesses_with_a_stolen_session_leave_signing_in_alone() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    for _ in 0..5 {
        let body = json!({ "password": "wrong password" });
        assert_eq!(post(&user, "verify-password", body).await, 400);
    }
    for row in both(failures_of_user(&user.id)) {
        lock(&stack, &row, 100).await;
    }
    let response = sign_in(&stack, &user.email, PASSWORD).await;
    assert_eq!(response.status, 200);
    // The owner ends the thief's session without a password.
    let owner = user.signed_in_by(&response);
    assert_eq!(post(&owner, "revoke-other-sessions", json!({})).await, 200);
    let stolen = user.get("/api/user/profile").await;
    assert_eq!(stolen.status, 401);
}
