use e2e::{PASSWORD, User};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::json;

use crate::helpers::better_auth::{COOKIE, OWN};
use crate::helpers::sessions::{call, handle, is_signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn check_13_one_other_or_all_sessions_end_and_no_more() {
    let stack = Stack::start().await;
    let first = stack.sign_up("ada").await;
    let second = first.another_session().await;
    let third = first.another_session().await;
    let stranger = stack.sign_up("eve").await;
    let list = call(&first, Method::GET, "list-sessions").await.json();
    let mut listed: Vec<&str> =
        list.as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    let mut handles = Vec::new();
    for user in [&third, &second, &first] {
        handles.push(handle(user).await);
    }
    listed.sort_unstable();
    handles.sort_unstable();
    assert_eq!(listed, handles);
    for session in list.as_array().unwrap().iter().filter(|s| s["token"] != first.token) {
        assert_eq!(session["token"], session["id"], "the token of another session is a handle");
    }

    let revoke = |user: User, handle: String| async move {
        let body = json!({ "token": handle });
        let request = user.post("/api/auth/revoke-session");
        let response = request.json(&body).await;
        assert_eq!((response.status, response.json()), (200, json!({ "status": true })));
        response.headers.get_all("set-cookie").iter().count()
    };
    // A stranger's handle, an unknown one and no handle at all end nothing.
    let strange = handle(&stranger).await;
    for handle in [strange, "x".repeat(32), "not a handle".to_owned(), stranger.token.clone()] {
        assert_eq!(revoke(first.clone(), handle).await, 0);
    }
    assert!(is_signed_in(&stranger).await);
    let of_second = handle(&second).await;
    assert_eq!(revoke(first.clone(), of_second).await, 0);
    assert!(!is_signed_in(&second).await);
    assert!(is_signed_in(&first).await && is_signed_in(&third).await);
    assert_eq!(call(&second, Method::POST, "revoke-other-sessions").await.status, 401);

    let response = call(&third, Method::POST, "revoke-other-sessions").await;
    assert_eq!((response.status, response.headers.contains_key("set-cookie")), (200, false));
    assert!(!is_signed_in(&first).await);
    assert!(is_signed_in(&third).await);
    let list = call(&third, Method::GET, "list-sessions").await.json();
    assert_eq!(list.as_array().unwrap().len(), 1, "ended sessions are not listed: {list}");
    // One's own session may be named by its token as well.
    assert_eq!(revoke(third.clone(), third.token.clone()).await, 0);
    assert!(!is_signed_in(&third).await);
    let own = first.another_session().await;
    let request = stack.post("/api/auth/revoke-session").cookie(COOKIE, &own.token).origin(OWN);
    let response = request.json(&json!({ "token": own.token })).await;
    assert_eq!(response.set_cookies().len(), 3, "the cookies of the own session are cleared");

    let (fourth, fifth) = (first.another_session().await, first.another_session().await);
    let response = stack.post("/api/auth/revoke-sessions").cookie(COOKIE, &fourth.token);
    let response = response.origin(OWN).await;
    assert_eq!(
        response.set_cookies().len(),
        3,
        "the cookies of the caller's own session are cleared"
    );
    assert!(!is_signed_in(&fourth).await && !is_signed_in(&fifth).await);
    assert_eq!(call(&fourth, Method::POST, "revoke-sessions").await.status, 401);
    assert!(is_signed_in(&stranger).await);
    assert!(is_signed_in(&first.another_session().await).await);
}

/// A sign-in that has read the credential, and is stopped before it writes its session, does not
/// survive what ends all sessions meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn check_11_a_sign_in_in_flight_ends_up_signed_out() {
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "another horse" });
    let replace = json!({
        "currentPassword": PASSWORD,
        "newPassword": "another horse",
        "revokeOtherSessions": true,
    });
    for (path, body, survives) in [
        ("revoke-sessions", json!({}), false),
        ("revoke-other-sessions", json!({}), true),
        ("change-password", change, true),
        ("change-password", replace, false),
    ] {
        let stack = Stack::start().await;
        let user = stack.sign_up("ada").await;
        stack.warm(&["signin", path]).await.unwrap();
        let held = stack.proxy.inject(
            Rule::new(Effect::HoldBefore).function("signin").operation("TransactWriteItems"),
        );
        let (late, ()) = tokio::join!(e2e::sign_in(&stack, &user.email, PASSWORD), async {
            held.reached(1).await.unwrap();
            let request = user.post(&format!("/api/auth/{path}"));
            let response = request.json(&body).await;
            assert_eq!(response.status, 200, "{path}: {}", response.text());
            held.release();
        });
        if late.status == 200 {
            let late = user.signed_in_by(&late);
            assert!(!is_signed_in(&late).await, "{path}");
        }
        assert_eq!(is_signed_in(&user).await, survives, "{path}");
    }
}

/// A double click: the second request of one session finds the epoch raised by the first, which
/// has carried the session along.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_twice_at_once_does_not_sign_its_own_session_out() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    stack.warm(&["revoke-other-sessions"]).await.unwrap();
    for _ in 0..5 {
        let other = user.another_session().await;
        let revoke = || call(&user, Method::POST, "revoke-other-sessions");
        let (a, b, c) = tokio::join!(revoke(), revoke(), revoke());
        assert_eq!([a.status, b.status, c.status], [200, 200, 200]);
        assert!(is_signed_in(&user).await && !is_signed_in(&other).await);
    }
}

/// The caller's own session is ended while it ends the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_meanwhile_is_not_carried_along() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let other = user.another_session().await;
    stack.warm(&["revoke-other-sessions", "sign-out"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("revoke-other-sessions");
    let held = stack.proxy.inject(rule.operation("TransactWriteItems").times(3));
    let revoking = async { call(&user, Method::POST, "revoke-other-sessions").await };
    let (late, ()) = tokio::join!(revoking, async {
        held.reached(1).await.unwrap();
        assert_eq!(call(&user, Method::POST, "sign-out").await.status, 200);
        held.release();
    });
    assert_eq!(late.status, 401, "{}", late.text());
    let left = stack.engine.count(&format!("USER#{}", user.id), "SESSION#").await.unwrap();
    assert_eq!(left, 1, "nothing is left of the one that was ended");
    assert!(is_signed_in(&other).await);
}
