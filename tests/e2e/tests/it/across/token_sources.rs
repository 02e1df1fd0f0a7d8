//! Where a session's token may come from, and that each sign-in gives another.

use std::collections::BTreeSet;

use e2e::PASSWORD;
use harness::stack::Stack;
use serde_json::json;

use crate::helpers::better_auth::{COOKIE, OWN, SIGN_IN, post};

#[tokio::test(flavor = "multi_thread")]
async fn check_15_a_bearer_token_replaces_the_cookie_and_another_scheme_does_not() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let (good, bad) = (&format!("Bearer {}", user.token), &format!("Bearer {}x", user.token));
    for (cookie, headers, signed_in) in [
        (Some(&user.token), vec![], true),
        (None, vec![good], true),
        (Some(&"x".to_owned()), vec![good], true),
        (Some(&user.token), vec![bad], false),
        (Some(&user.token), vec![&"Bearer x".to_owned()], false),
        (Some(&user.token), vec![&"Basic YTpi".to_owned()], true),
        (Some(&user.token), vec![&"Digest username=a".to_owned()], true),
        (Some(&user.token), vec![&"Bearer".to_owned()], true),
        (None, vec![good, good], false),
        (Some(&user.token), vec![good, good], false),
        (Some(&user.token), vec![good, bad], false),
    ] {
        for path in ["/api/user/profile", "/api/auth/list-sessions", "/api/auth/get-session"] {
            let mut request = stack.get(path);
            for header in &headers {
                request = request.header("authorization", header);
            }
            if let Some(cookie) = cookie {
                request = request.cookie(COOKIE, cookie);
            }
            let response = request.await;
            let found = response.status == 200 && response.text() != "null";
            assert_eq!(found, signed_in, "{path} {headers:.40?}: {}", response.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_15_a_token_counts_in_no_other_place() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let token = &user.token;
    for query in ["token", "session_token", "access_token", "authorization", COOKIE] {
        let path = format!("/api/auth/list-sessions?{query}={token}");
        assert_eq!(stack.get(&path).await.status, 401, "{query}");
        let path = format!("/api/auth/get-session?{query}={token}");
        assert_eq!(stack.get(&path).await.text(), "null", "{query}");
    }
    let body = json!({ "token": token, "session_token": token, "name": "Ada" });
    assert_eq!(post(&stack, "/api/auth/update-user", &body).await.status, 401);
    for header in ["x-auth-token", "set-auth-token", "x-session-token"] {
        let request = stack.get("/api/auth/list-sessions").header(header, token);
        assert_eq!(request.await.status, 401, "{header}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_1_7_a_cookies_token_is_verified_like_any_other() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let [header, payload, signature] = user.token.split('.').collect::<Vec<_>>()[..] else {
        panic!("a token has three parts")
    };
    let flip = |part: &str| {
        let first = if part.starts_with('A') { "B" } else { "A" };
        format!("{first}{}", &part[1..])
    };
    for token in [
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{}", flip(signature)),
        format!("{header}.{}.{signature}", flip(payload)),
        format!("{}.{payload}.{signature}", flip(header)),
        format!("{}.x", user.token),
        format!("\"{}\"x", user.token),
    ] {
        let request = stack.get("/api/user/profile").cookie(COOKIE, &token);
        assert_eq!(request.await.status, 401, "{token}");
        let request = stack.get("/api/auth/get-session").cookie(COOKIE, &token);
        let response = request.await;
        assert_eq!((response.status, response.text().as_str()), (200, "null"));
        // Only what names our issuer and one of our keys is cleared: the rest may be somebody else's.
        let is_ours =
            token.starts_with(&format!("{header}.{payload}.")) && token.matches('.').count() == 2;
        assert_eq!(response.set_cookies().len(), if is_ours { 3 } else { 0 }, "{token}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_16_each_sign_in_begins_a_session_of_its_own() {
    let stack = Stack::start().await;
    let first = stack.sign_up("ada").await;
    let mut tokens = BTreeSet::from([first.token.clone()]);
    let mut ids = BTreeSet::new();
    let body = json!({ "email": first.email, "password": PASSWORD });
    for round in 0..10 {
        let mut request = post(&stack, SIGN_IN, &body);
        // Whoever planted a cookie or a token in the browser gets nothing from it.
        if round % 2 == 0 {
            request = request.cookie(COOKIE, &first.token).origin(OWN).bearer(&first.token);
        }
        let token = request.await.field("token");
        assert!(tokens.insert(token.clone()), "a token came twice");
        let request = stack.get("/api/auth/get-session").bearer(&token);
        let session = request.await.json()["session"].clone();
        let id = session["id"].as_str().unwrap().to_owned();
        // 32 characters of 62: 190 bits.
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_alphanumeric()), "{id}");
        assert!(ids.insert(id), "an id came twice");
    }
    // Nor does a change of the password go on with the present session's id.
    let present = first.another_session().await;
    let body = json!({
        "currentPassword": PASSWORD, "newPassword": "another horse", "revokeOtherSessions": true,
    });
    let request = present.post("/api/auth/change-password").json(&body);
    let token = request.await.field("token");
    let request = stack.get("/api/auth/get-session").bearer(&token);
    let id = request.await.json()["session"]["id"].as_str().unwrap().to_owned();
    assert!(!ids.contains(&id) && id != "null");
    let sessions = stack.engine.query(&format!("USER#{}", first.id), "SESSION#").await.unwrap();
    assert_eq!(sessions.len(), 12, "the first, ten and the last; one was replaced");
}
