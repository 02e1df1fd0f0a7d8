use e2e::{PASSWORD, User, another_session, as_user, in_days, sign_in_email, sign_up, text};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::{Answer, Stack};
use serde_json::{Value, json};

async fn call(stack: &Stack, user: &User, method: Method, path: &str) -> Answer {
    as_user(stack, user, method, &format!("/api/auth/{path}")).send().await
}

async fn get_session(stack: &Stack, user: &User) -> Value {
    let answer = call(stack, user, Method::GET, "get-session").await;
    assert_eq!(answer.status, 200);
    answer.json()
}

/// The present session's handle.
async fn handle(stack: &Stack, user: &User) -> String {
    get_session(stack, user).await["session"]["token"].as_str().unwrap().to_owned()
}

async fn is_signed_in(stack: &Stack, user: &User) -> bool {
    let answer = as_user(stack, user, Method::GET, "/api/user/profile").send().await;
    assert!(matches!(answer.status, 200 | 401), "{}", answer.text());
    assert_eq!(get_session(stack, user).await.is_null(), answer.status == 401);
    answer.status == 200
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
    let user = sign_up(&stack, "ada").await;
    let body = get_session(&stack, &user).await;
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
    let stranger = User { token: handle(&stack, &user).await, ..user.clone() };
    assert!(!is_signed_in(&stack, &stranger).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn get_session_renews_once_a_day_and_never_beyond_thirty_days() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    let fresh = call(&stack, &user, Method::GET, "get-session").await;
    assert_eq!(fresh.headers.get_all("set-cookie").iter().count(), 0, "nothing to renew yet");
    // Renewed 25 hours ago, as far as its dates tell.
    age(&stack, &user, &[("expires_at", 5)]).await;
    let kept = call(&stack, &user, Method::GET, "get-session?disableRefresh=true").await;
    assert!(kept.json()["session"]["expiresAt"].as_str().unwrap() < in_days(6).as_str());
    let renewed = call(&stack, &user, Method::GET, "get-session").await;
    let expires_at = renewed.json()["session"]["expiresAt"].as_str().unwrap().to_owned();
    assert!(expires_at > in_days(6) && expires_at <= in_days(7), "{expires_at}");
    assert_eq!(renewed.header("set-auth-token"), Some(user.token.as_str()));
    let cookie = renewed.header("set-cookie").unwrap();
    assert!(cookie.contains("Max-Age=604800"), "{cookie}");
    let again = call(&stack, &user, Method::GET, "get-session").await;
    assert_eq!(again.json()["session"]["expiresAt"], expires_at, "not twice a day");

    age(&stack, &user, &[("created_at", -25), ("expires_at", 1)]).await;
    let last = get_session(&stack, &user).await;
    let expires_at = last["session"]["expiresAt"].as_str().unwrap().to_owned();
    assert!(expires_at > in_days(4) && expires_at <= in_days(5), "thirty days: {expires_at}");
    age(&stack, &user, &[("expires_at", 0)]).await;
    assert!(!is_signed_in(&stack, &user).await, "the idle lifetime has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_remembered_is_never_renewed() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    call(&stack, &user, Method::POST, "revoke-sessions").await;
    let answer =
        sign_in_email(&stack, &user.email, PASSWORD, &json!({ "rememberMe": false })).await;
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2);
    assert!(cookies.iter().all(|cookie| !cookie.contains("Max-Age")), "{cookies:?}");
    assert!(cookies[1].starts_with("__Secure-better-auth.dont_remember=true"), "{cookies:?}");
    let user = User { token: text(&answer, "token"), ..user };
    let session = get_session(&stack, &user).await["session"].clone();
    assert!(session["expiresAt"].as_str().unwrap() <= in_days(1).as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_13_one_other_or_all_sessions_end_and_no_more() {
    let stack = Stack::start().await;
    let first = sign_up(&stack, "ada").await;
    let second = another_session(&stack, &first).await;
    let third = another_session(&stack, &first).await;
    let stranger = sign_up(&stack, "eve").await;
    let list = call(&stack, &first, Method::GET, "list-sessions").await.json();
    let mut listed: Vec<&str> =
        list.as_array().unwrap().iter().map(|s| s["token"].as_str().unwrap()).collect();
    let mut handles = Vec::new();
    for user in [&third, &second, &first] {
        handles.push(handle(&stack, user).await);
    }
    listed.sort_unstable();
    handles.sort_unstable();
    assert_eq!(listed, handles);

    let revoke = |user: User, handle: String| {
        let stack = &stack;
        async move {
            let body = json!({ "token": handle });
            let request = as_user(stack, &user, Method::POST, "/api/auth/revoke-session");
            let answer = request.json(&body).send().await;
            assert_eq!((answer.status, answer.json()), (200, json!({ "status": true })));
            answer.headers.get_all("set-cookie").iter().count()
        }
    };
    // A stranger's handle, an unknown one and no handle at all end nothing.
    let strange = handle(&stack, &stranger).await;
    for handle in [strange, "x".repeat(32), "not a handle".to_owned(), stranger.token.clone()] {
        assert_eq!(revoke(first.clone(), handle).await, 0);
    }
    assert!(is_signed_in(&stack, &stranger).await);
    let of_second = handle(&stack, &second).await;
    assert_eq!(revoke(first.clone(), of_second).await, 0);
    assert!(!is_signed_in(&stack, &second).await);
    assert!(is_signed_in(&stack, &first).await && is_signed_in(&stack, &third).await);
    assert_eq!(call(&stack, &second, Method::POST, "revoke-other-sessions").await.status, 401);

    let answer = call(&stack, &third, Method::POST, "revoke-other-sessions").await;
    assert_eq!((answer.status, answer.headers.contains_key("set-cookie")), (200, false));
    assert!(!is_signed_in(&stack, &first).await);
    assert!(is_signed_in(&stack, &third).await);
    let list = call(&stack, &third, Method::GET, "list-sessions").await.json();
    assert_eq!(list.as_array().unwrap().len(), 1, "ended sessions are not listed: {list}");
    // One's own session may be named by its token as well, and its cookies are cleared.
    assert_eq!(revoke(third.clone(), third.token.clone()).await, 3);
    assert!(!is_signed_in(&stack, &third).await);

    let (fourth, fifth) =
        (another_session(&stack, &first).await, another_session(&stack, &first).await);
    let answer = call(&stack, &fourth, Method::POST, "revoke-sessions").await;
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 3);
    assert!(!is_signed_in(&stack, &fourth).await && !is_signed_in(&stack, &fifth).await);
    assert_eq!(call(&stack, &fourth, Method::POST, "revoke-sessions").await.status, 401);
    assert!(is_signed_in(&stack, &stranger).await);
    assert!(is_signed_in(&stack, &another_session(&stack, &first).await).await);
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
        let user = sign_up(&stack, "ada").await;
        stack.warm(&["signin", path]).await.unwrap();
        let held = stack.proxy.inject(
            Rule::new(Effect::HoldBefore).function("signin").operation("TransactWriteItems"),
        );
        let (late, ()) = tokio::join!(e2e::sign_in(&stack, &user.email, PASSWORD), async {
            held.reached(1).await.unwrap();
            let request = as_user(&stack, &user, Method::POST, &format!("/api/auth/{path}"));
            let answer = request.json(&body).send().await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            held.release();
        });
        if late.status == 200 {
            let late = User { token: text(&late, "session_token"), ..user.clone() };
            assert!(!is_signed_in(&stack, &late).await, "{path}");
        }
        assert_eq!(is_signed_in(&stack, &user).await, survives, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_33_a_new_password_needs_the_present_one_and_ends_the_other_sessions() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    let other = another_session(&stack, &user).await;
    let change = |user: User, current: &'static str, new: &'static str, replace: Option<bool>| {
        let stack = &stack;
        async move {
            let mut body = json!({ "currentPassword": current, "newPassword": new });
            if let Some(replace) = replace {
                body["revokeOtherSessions"] = replace.into();
            }
            let request = as_user(stack, &user, Method::POST, "/api/auth/change-password");
            request.json(&body).send().await
        }
    };
    for (current, new, code) in [
        ("wrong password", "another horse", "INVALID_PASSWORD"),
        (PASSWORD, "short", "PASSWORD_TOO_SHORT"),
        (PASSWORD, "password1", "PASSWORD_COMPROMISED"),
    ] {
        let answer = change(user.clone(), current, new, None).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, code));
    }
    assert!(is_signed_in(&stack, &other).await, "nothing has happened yet");
    let answer = change(user.clone(), PASSWORD, "another horse", None).await;
    assert_eq!((answer.status, &answer.json()["token"]), (200, &Value::Null));
    assert!(is_signed_in(&stack, &user).await && !is_signed_in(&stack, &other).await);
    assert_eq!(e2e::sign_in(&stack, &user.email, PASSWORD).await.status, 401);

    let answer = change(user.clone(), "another horse", PASSWORD, Some(true)).await;
    let replaced = User { token: text(&answer, "token"), ..user.clone() };
    assert_eq!(answer.header("set-auth-token"), Some(replaced.token.as_str()));
    assert!(!is_signed_in(&stack, &user).await && is_signed_in(&stack, &replaced).await);
    assert_eq!(stack.engine.count(&format!("USER#{}", user.id), "ACCOUNT").await.unwrap(), 1);
}

/// Two devices change the password at once: one of them wins, whole.
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_the_password_at_once_leave_one_password_and_one_session() {
    for _ in 0..5 {
        let stack = Stack::start().await;
        let user = sign_up(&stack, "ada").await;
        let other = another_session(&stack, &user).await;
        let change = |user: User, new: &'static str| {
            let stack = &stack;
            async move {
                let body = json!({ "currentPassword": PASSWORD, "newPassword": new });
                let request = as_user(stack, &user, Method::POST, "/api/auth/change-password");
                request.json(&body).send().await.status
            }
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
        assert!(is_signed_in(&stack, winner).await && !is_signed_in(&stack, loser).await);
        assert_eq!(e2e::sign_in(&stack, &user.email, password).await.status, 200);
    }
}

/// A double click: the second request of one session finds the epoch raised by the first, which
/// has carried the session along.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_twice_at_once_does_not_sign_its_own_session_out() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    stack.warm(&["revoke-other-sessions"]).await.unwrap();
    for _ in 0..5 {
        let other = another_session(&stack, &user).await;
        let revoke = || call(&stack, &user, Method::POST, "revoke-other-sessions");
        let (a, b, c) = tokio::join!(revoke(), revoke(), revoke());
        assert_eq!([a.status, b.status, c.status], [200, 200, 200]);
        assert!(is_signed_in(&stack, &user).await && !is_signed_in(&stack, &other).await);
    }
}
