use e2e::{PASSWORD, User, sign_in};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::sessions::is_signed_in;

#[tokio::test(flavor = "multi_thread")]
async fn check_33_a_new_password_needs_the_present_one_and_ends_the_other_sessions() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let other = user.another_session().await;
    let change = |user: User, current: &'static str, new: &'static str, replace: Option<bool>| async move {
        let mut body = json!({ "currentPassword": current, "newPassword": new });
        if let Some(replace) = replace {
            body["revokeOtherSessions"] = replace.into();
        }
        let request = user.post("/api/auth/change-password");
        request.json(&body).await
    };
    for (current, new, code) in [
        ("wrong password", "another horse", "INVALID_PASSWORD"),
        (PASSWORD, "short", "PASSWORD_TOO_SHORT"),
        (PASSWORD, "password1", "PASSWORD_COMPROMISED"),
    ] {
        let response = change(user.clone(), current, new, None).await;
        assert_eq!((response.status, response.code().as_str()), (400, code));
    }
    assert!(is_signed_in(&other).await, "nothing has happened yet");
    let response = change(user.clone(), PASSWORD, "another horse", None).await;
    assert_eq!((response.status, &response.json()["token"]), (200, &Value::Null));
    assert!(is_signed_in(&user).await && !is_signed_in(&other).await);
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 401);

    let response = change(user.clone(), "another horse", PASSWORD, Some(true)).await;
    let replaced = user.signed_in_by(&response);
    assert_eq!(response.header("set-auth-token"), Some(replaced.token.as_str()));
    assert!(!is_signed_in(&user).await && is_signed_in(&replaced).await);
    assert_eq!(stack.engine.count(&format!("USER#{}", user.id), "ACCOUNT").await.unwrap(), 1);
}

/// Two devices change the password at once: one of them wins, whole.
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_the_password_at_once_leave_one_password_and_one_session() {
    for _ in 0..5 {
        let stack = Stack::start().await;
        let user = stack.sign_up("ada").await;
        let other = user.another_session().await;
        let change = |user: User, new: &'static str| async move {
            let body = json!({ "currentPassword": PASSWORD, "newPassword": new });
            let request = user.post("/api/auth/change-password");
            request.json(&body).await.status
        };
        let (a, b) = tokio::join!(
            change(user.clone(), "the first horse"),
            change(other.clone(), "the second horse"),
        );
        assert_eq!([a, b].iter().filter(|status| **status == 200).count(), 1, "{a} {b}");
        let (winner, loser, password) = if a == 200 {
            (&user, &other, "the first horse")
        } else {
            (&other, &user, "the second horse")
        };
        assert!(is_signed_in(winner).await && !is_signed_in(loser).await);
        assert_eq!(sign_in(&stack, &user.email, password).await.status, 200);
    }
}

/// Whoever has a session that its owner ends meanwhile changes nothing with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_meanwhile_changes_no_password() {
    let stack = Stack::start().await;
    for replace in [false, true] {
        let user = stack.sign_up(&format!("ada-{replace}")).await;
        stack.warm(&["change-password", "sign-out"]).await.unwrap();
        let rule = Rule::new(Effect::HoldBefore).function("change-password");
        let held = stack.proxy.inject(rule.operation("TransactWriteItems").times(3));
        let body = json!({
            "currentPassword": PASSWORD, "newPassword": "another horse",
            "revokeOtherSessions": replace,
        });
        let change = user.post("/api/auth/change-password").json(&body);
        let (late, ()) = tokio::join!(change.send(), async {
            held.reached(1).await.unwrap();
            assert_eq!(user.post("/api/auth/sign-out").await.status, 200);
            held.release();
        });
        stack.proxy.clear_faults();
        assert_eq!(late.status, 401, "{replace}: {}", late.text());
        let left = stack.engine.count(&format!("USER#{}", user.id), "SESSION#").await.unwrap();
        assert_eq!(left, 0, "{replace}");
        assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200, "{replace}");
    }
}

/// A request whose rows are read partly before and partly after the password is changed is not signed out.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_during_the_change_stays_signed_in() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    stack.warm(&["get-profile", "change-password"]).await.unwrap();
    let reads =
        || Rule::new(Effect::Unprocessed(1)).function("get-profile").operation("BatchGetItem");
    let session_first = stack.proxy.inject(reads());
    let rest = Rule::new(Effect::HoldBefore).function("get-profile").operation("BatchGetItem");
    let held = stack.proxy.inject(rest);
    let (profile, ()) = tokio::join!(user.get("/api/user/profile").send(), async {
        held.reached(1).await.unwrap();
        let body = json!({ "currentPassword": PASSWORD, "newPassword": "another horse" });
        let changed = user.post("/api/auth/change-password").json(&body).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        held.release();
    });
    assert_eq!((session_first.hits(), profile.status), (1, 200), "{}", profile.text());
}
