use e2e::{PASSWORD, User, in_days, sign_in_email};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::better_auth::COOKIE;
use crate::helpers::sessions::{call, get_session, is_signed_in};

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
async fn get_session_shows_a_page_the_user_and_the_session_without_its_token() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let body = stack.get("/api/auth/get-session").cookie(COOKIE, &user.token).await.json();
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
    let stranger = user.with_token(session["id"].as_str().unwrap());
    assert!(!is_signed_in(&stranger).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn get_session_renews_once_a_day_and_never_beyond_thirty_days() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let fresh = call(&user, Method::GET, "get-session").await;
    assert_eq!(fresh.headers.get_all("set-cookie").iter().count(), 0, "nothing to renew yet");
    // Renewed 25 hours ago, as far as its dates say.
    age(&stack, &user, &[("expires_at", 5)]).await;
    let kept = call(&user, Method::GET, "get-session?disableRefresh=true").await;
    assert!(kept.json()["session"]["expiresAt"].as_str().unwrap() < in_days(6).as_str());
    let renewed = call(&user, Method::GET, "get-session").await;
    let expires_at = renewed.json()["session"]["expiresAt"].as_str().unwrap().to_owned();
    assert!(expires_at > in_days(6) && expires_at <= in_days(7), "{expires_at}");
    assert_eq!(renewed.header("set-auth-token"), Some(user.token.as_str()));
    assert!(renewed.set_cookies().is_empty(), "a program with a token has no cookie");
    age(&stack, &user, &[("expires_at", 5)]).await;
    let page = stack.get("/api/auth/get-session").cookie(COOKIE, &user.token).await;
    assert_eq!(page.header("set-auth-token"), None, "a script of the page could read it");
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.contains("Max-Age=604800"), "{cookie}");
    let expires_at = page.json()["session"]["expiresAt"].as_str().unwrap().to_owned();
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
async fn a_session_that_is_ended_meanwhile_is_not_renewed() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    age(&stack, &user, &[("expires_at", 5)]).await;
    stack.warm(&["get-session", "sign-out"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("get-session").operation("UpdateItem");
    let held = stack.proxy.inject(rule.times(3));
    let (late, ()) = tokio::join!(get_session(&user), async {
        held.reached(1).await.unwrap();
        assert_eq!(call(&user, Method::POST, "sign-out").await.status, 200);
        held.release();
    });
    assert_eq!(late, Value::Null);
    let left = stack.engine.count(&format!("USER#{}", user.id), "SESSION#").await.unwrap();
    assert_eq!(left, 0, "nothing is left of it");
}
