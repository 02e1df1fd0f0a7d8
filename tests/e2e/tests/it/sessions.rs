use e2e::{PASSWORD, User, in_days, sign_in_email};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::{Response, Stack};
use serde_json::{Value, json};

async fn call(user: &User, method: Method, path: &str) -> Response {
    user.call(method, &format!("/api/auth/{path}")).await
}

async fn get_session(user: &User) -> Value {
    let response = call(user, Method::GET, "get-session").await;
    assert_eq!(response.status, 200);
    response.json()
}

/// The present session's handle.
async fn handle(user: &User) -> String {
    get_session(user).await["session"]["token"].as_str().unwrap().to_owned()
}

async fn is_signed_in(user: &User) -> bool {
    let response = user.get("/api/user/profile").await;
    assert!(matches!(response.status, 200 | 401), "{}", response.text());
    assert_eq!(get_session(user).await.is_null(), response.status == 401);
    response.status == 200
}

/// Moves a date of the user's only session.
async fn age(stack: &Stack, user: &User, dates: &[(&str, i64)]) {
    let pk = format!("USER#{}", user.id);
    let session = stack.engine.query(&pk, "SESSION#").await.unwrap().remove(0);
    let sk = session["sk"]["S"].as_str().unwrap();
    for (name, days) in dates {
        stack.engine.set(&pk, sk, &[(*name, json!({ "S": in_days(*days) }))]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn get_session_shows_the_user_and_the_session_without_its_token() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let body = get_session(&user).await;
    let (session, shown) = (&body["session"], &body["user"]);
    assert_eq!(session["userId"], user.id);
    assert_eq!((&session["id"], &session["ipAddress"]), (&session["token"], &"127.0.0.1".into()));
    assert_eq!(session["userAgent"], "tessera-harness");
    assert_eq!(shown["email"], "ada@example.com");
    assert_eq!((&shown["image"], &shown["emailVerified"]), (&Value::Null, &false.into()));
    assert_eq!(
        (&shown["software_level"], &shown["hardware_background"]),
        (&"beginner".into(), &"robotics".into())
    );
    assert!(
        !body.to_string().contains(&user.token),
        "a page's script could read the cookie's token"
    );
    // The handle signs nobody in.
    let stranger = user.with_token(&handle(&user).await);
    assert!(!is_signed_in(&stranger).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn get_session_renews_once_a_day_and_never_beyond_thirty_days() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let fresh = call(&user, Method::GET, "get-session").await;
    assert_eq!(fresh.headers.get_all("set-cookie").iter().count(), 0, "nothing to renew yet");
    // Renewed 25 hours ago, as far as its dates tell.
    age(&stack, &user, &[("expires_at", 5)]).await;
    let kept = call(&user, Method::GET, "get-session?disableRefresh=true").await;
    assert!(kept.json()["session"]["expiresAt"].as_str().unwrap() < in_days(6).as_str());
    let renewed = call(&user, Method::GET, "get-session").await;
    let expires_at = renewed.json()["session"]["expiresAt"].as_str().unwrap().to_owned();
    assert!(expires_at > in_days(6) && expires_at <= in_days(7), "{expires_at}");
    assert_eq!(renewed.header("set-auth-token"), Some(user.token.as_str()));
    let cookie = renewed.header("set-cookie").unwrap();
    assert!(cookie.contains("Max-Age=604800"), "{cookie}");
    let again = call(&user, Method::GET, "get-session").await;
    assert_eq!(again.json()["session"]["expiresAt"], expires_at, "not twice a day");

    age(&stack, &user, &[("created_at", -25), ("expires_at", 1)]).await;
    let last = get_session(&user).await;
    let expires_at = last["session"]["expiresAt"].as_str().unwrap().to_owned();
    assert!(expires_at > in_days(4) && expires_at <= in_days(5), "thirty days: {expires_at}");
    age(&stack, &user, &[("expires_at", 0)]).await;
    assert!(!is_signed_in(&user).await, "the idle lifetime has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_remembered_is_never_renewed() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    call(&user, Method::POST, "revoke-sessions").await;
    let response =
        sign_in_email(&stack, &user.email, PASSWORD, &json!({ "rememberMe": false })).await;
    let cookies: Vec<&str> =
        response.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2);
    assert!(cookies.iter().all(|cookie| !cookie.contains("Max-Age")), "{cookies:?}");
    assert!(cookies[1].starts_with("__Secure-better-auth.dont_remember=true"), "{cookies:?}");
    let user = user.signed_in_by(&response);
    let session = get_session(&user).await["session"].clone();
    assert!(session["expiresAt"].as_str().unwrap() <= in_days(1).as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_13_one_other_or_all_sessions_end_and_no_more() {
    let stack = Stack::start().await;
    let first = stack.sign_up("ada").await;
    let second = first.another_session().await;
    let third = first.another_session().await;
    let stranger = stack.sign_up("eve").await;
    let list = call(&first, Method::GET, "list-sessions").await.json();
    let mut listed: Vec<&str> =
        list.as_array().unwrap().iter().map(|s| s["token"].as_str().unwrap()).collect();
    let mut handles = Vec::new();
    for user in [&third, &second, &first] {
        handles.push(handle(user).await);
    }
    listed.sort_unstable();
    handles.sort_unstable();
    assert_eq!(listed, handles);

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
    // One's own session may be named by its token as well, and its cookies are cleared.
    assert_eq!(revoke(third.clone(), third.token.clone()).await, 3);
    assert!(!is_signed_in(&third).await);

    let (fourth, fifth) = (first.another_session().await, first.another_session().await);
    let response = call(&fourth, Method::POST, "revoke-sessions").await;
    assert_eq!(response.headers.get_all("set-cookie").iter().count(), 3);
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
    assert_eq!(e2e::sign_in(&stack, &user.email, PASSWORD).await.status, 401);

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
        assert_eq!(e2e::sign_in(&stack, &user.email, password).await.status, 200);
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
