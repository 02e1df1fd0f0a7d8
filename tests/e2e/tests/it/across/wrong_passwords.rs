//! Wrong passwords lock an address, and a user's own password, for longer and longer.

use std::time::Duration;

use e2e::{PASSWORD, User};
use harness::stack::{RequestBuilder, Response, Stack};
use serde_json::json;

use crate::helpers::better_auth::{SIGN_INS, signing_in};
use crate::helpers::rows::{
    HERE, end_lock, failures, failures_of_address, failures_of_user, from_network, lock, set_back,
};

const WRONG: &str = "wrong password";
const PASSED: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

/// 429 that says for how long, in whole seconds: more than the lock before and at most this one.
fn is_locked(response: &Response, shortest: u32, longest: u32) {
    assert_eq!((response.status, response.code().as_str()), (429, "TOO_MANY_REQUESTS"));
    assert_eq!(response.json()["message"], "Too many requests. Please try again later.");
    let wait = response.header("retry-after").unwrap();
    assert_eq!(response.header("x-retry-after"), Some(wait));
    let wait: u32 = wait.parse().unwrap();
    assert!((shortest..=longest).contains(&wait), "{wait} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_28_five_wrong_passwords_lock_an_address_also_for_the_right_one() {
    let stack = Stack::start().await;
    for (n, path) in SIGN_INS.into_iter().enumerate() {
        let user = stack.sign_up(&format!("ada{n}")).await;
        let row = from_network(&failures_of_address(&user.email), HERE);
        let attempt = |password: &'static str| {
            // The case of letters is no way around the lock.
            let email = if n == 0 { user.email.to_uppercase() } else { user.email.clone() };
            signing_in(&stack, path, &email, password).send()
        };
        for _ in 0..5 {
            assert_eq!(attempt(WRONG).await.status, 401, "{path}");
        }
        is_locked(&attempt(WRONG).await, 1, 30);
        is_locked(&attempt(PASSWORD).await, 1, 30);
        assert_eq!(failures(&stack, &row).await, Some(5), "what is refused does not count");
        end_lock(&stack, &row, PASSED).await;
        assert_eq!(attempt(PASSWORD).await.status, 200, "{path}");
        assert_eq!(failures(&stack, &row).await, None, "success forgets them");
        for _ in 0..4 {
            assert_eq!(attempt(WRONG).await.status, 401, "{path}");
        }
        assert_eq!(attempt(PASSWORD).await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_28_each_further_failure_doubles_the_lock_up_to_an_hour() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    for (path, email) in SIGN_INS.into_iter().zip(["ada@example.com", "nobody@example.com"]) {
        let row = from_network(&failures_of_address(email), HERE);
        let attempt = || signing_in(&stack, path, email, WRONG).send();
        for _ in 0..5 {
            attempt().await;
        }
        for (shortest, longest) in [(31, 60), (61, 120), (121, 240)] {
            end_lock(&stack, &row, PASSED).await;
            assert_eq!(attempt().await.status, 401, "{path} {email}");
            is_locked(&attempt().await, shortest, longest);
        }
        for count in [20, 98, 99] {
            lock(&stack, &row, count).await;
            end_lock(&stack, &row, PASSED).await;
            assert_eq!(attempt().await.status, 401, "{path} {email}");
            is_locked(&attempt().await, 3500, 3600);
        }
        set_back(&stack, &row, "since", DAY + PASSED).await;
        is_locked(&attempt().await, 3500, 3600);
        end_lock(&stack, &row, PASSED).await;
        for _ in 0..5 {
            assert_eq!(attempt().await.status, 401, "forgotten a day after the first");
        }
        is_locked(&attempt().await, 1, 30);
        stack.engine.delete_item(&row, "RATE").await.unwrap();
    }
}

/// One's own password, as a thief of a session would guess it.
fn own(user: &User, path: &str, password: &str) -> RequestBuilder {
    let body = match path {
        "verify-password" => json!({ "password": password }),
        _ => json!({ "currentPassword": password, "newPassword": PASSWORD }),
    };
    user.post(&format!("/api/auth/{path}")).json(&body)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_28_the_own_password_is_locked_under_the_user_and_not_the_address() {
    let stack = Stack::start().await;
    for (path, other) in
        [("verify-password", "change-password"), ("change-password", "verify-password")]
    {
        let user = stack.sign_up(path).await;
        let row = from_network(&failures_of_user(&user.id), HERE);
        for _ in 0..5 {
            let response = own(&user, path, WRONG).await;
            assert_eq!((response.status, response.code().as_str()), (400, "INVALID_PASSWORD"));
        }
        for path in [path, other] {
            is_locked(&own(&user, path, WRONG).await, 1, 30);
            is_locked(&own(&user, path, PASSWORD).await, 1, 30);
        }
        assert_eq!(failures(&stack, &row).await, Some(5));
        let sign_ins = failures_of_address(&user.email);
        for row in [from_network(&sign_ins, HERE), sign_ins] {
            assert_eq!(failures(&stack, &row).await, None);
        }
        end_lock(&stack, &row, PASSED).await;
        assert_eq!(own(&user, path, WRONG).await.status, 400);
        is_locked(&own(&user, path, WRONG).await, 31, 60);
        end_lock(&stack, &row, PASSED).await;
        assert_eq!(own(&user, path, PASSWORD).await.status, 200);
        assert_eq!(failures(&stack, &row).await, None);
    }
}
