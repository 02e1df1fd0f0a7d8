//! Several cookies of the session's name, or one that is not ours: another program of the host, of another
//! port of localhost, or of a parent domain may have set it.

use e2e::{PASSWORD, User, sign_in};
use harness::stack::{RequestBuilder, Response, Stack};
use serde_json::json;

use crate::helpers::better_auth::{COOKIE, OWN};

/// What Better Auth itself sets: random text and an HMAC.
const FOREIGN: &str =
    "nwiMvPCrnNZLSYTwXBMU6HXMnVdFO9xl.GtHFn43F8u%2FEaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%3D";

fn with(request: RequestBuilder, tokens: &[&str]) -> RequestBuilder {
    tokens.iter().fold(request, |request, token| request.cookie(COOKIE, token))
}

async fn session(stack: &Stack, tokens: &[&str]) -> Response {
    with(stack.get("/api/auth/get-session"), tokens).await
}

/// Who is signed in by these cookies: the session's id, if anybody is.
async fn signed_in(stack: &Stack, tokens: &[&str]) -> Option<String> {
    let response = session(stack, tokens).await;
    assert_eq!(response.status, 200);
    let id = response.json()["session"]["id"].as_str().map(str::to_owned);
    let profile = with(stack.get("/api/user/profile"), tokens).await;
    assert_eq!(profile.status, if id.is_some() { 200 } else { 401 });
    id
}

/// Two sessions of one user, the second one second younger.
async fn older_and_newer(stack: &Stack) -> (User, User) {
    let older = stack.sign_up("ada").await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let newer = older.another_session().await;
    (older, newer)
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_the_cookie_that_verifies_counts_wherever_it_stands() {
    let stack = Stack::start().await;
    let (older, newer) = older_and_newer(&stack).await;
    let other_stack = Stack::start().await;
    let of_another_stack = other_stack.sign_up("ada").await.token;
    let damaged = format!("{}x", &older.token[..older.token.len() - 1]);
    let (old, new) = (older.token.as_str(), newer.token.as_str());
    let [old_id, new_id] =
        [signed_in(&stack, &[old]).await.unwrap(), signed_in(&stack, &[new]).await.unwrap()];
    assert_ne!(old_id, new_id);
    for strange in [FOREIGN, of_another_stack.as_str(), damaged.as_str(), "", "x", "a.b.c"] {
        for tokens in [[strange, new], [new, strange]] {
            assert_eq!(
                signed_in(&stack, &tokens).await.as_deref(),
                Some(new_id.as_str()),
                "{tokens:?}"
            );
            let response = session(&stack, &tokens).await;
            assert!(response.set_cookies().is_empty(), "{tokens:?}");
        }
    }
    // Of one user the newest counts.
    for tokens in [[old, new], [new, old]] {
        assert_eq!(signed_in(&stack, &tokens).await.as_deref(), Some(new_id.as_str()));
    }
    // Of different users none: one of them may have been planted. None is cleared, or the other would
    // sign in alone.
    let eve = stack.sign_up("eve").await;
    for tokens in [[old, eve.token.as_str()], [eve.token.as_str(), old]] {
        assert_eq!(signed_in(&stack, &tokens).await, None);
        assert!(session(&stack, &tokens).await.set_cookies().is_empty());
    }
    assert!(signed_in(&stack, &[&eve.token]).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_signing_out_ends_the_session_of_the_cookie_that_verifies() {
    let stack = Stack::start().await;
    for (n, first) in [true, false].into_iter().enumerate() {
        let user = stack.sign_up(&format!("user{n}")).await;
        let tokens = if first { [&user.token, FOREIGN] } else { [FOREIGN, &user.token] };
        let write = with(stack.post("/api/auth/update-user"), &tokens).origin(OWN);
        let response = write.json(&json!({ "name": "Ada" })).await;
        assert_eq!((response.status, response.cookie(COOKIE)), (200, Some(user.token.as_str())));
        let response = with(stack.post("/api/auth/sign-out"), &tokens).origin(OWN).await;
        assert_eq!((response.status, response.cookie(COOKIE)), (200, Some("")));
        assert_eq!(user.get("/api/user/profile").await.status, 401);
    }
}

/// More of them than a browser sends: a bounded number is verified, and the request is still served.
#[tokio::test(flavor = "multi_thread")]
async fn f1_many_cookies_of_the_name_cost_little() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let mut tokens: Vec<&str> = vec![FOREIGN; 60];
    tokens.push(&user.token);
    assert!(signed_in(&stack, &tokens).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_only_our_own_cookie_is_cleared() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let ended = user.another_session().await;
    ended.post("/api/auth/sign-out").await;
    let of_another_stack = Stack::start().await.sign_up("ada").await.token;
    for (tokens, cleared) in [
        (vec![], false),
        (vec![FOREIGN], false),
        (vec![of_another_stack.as_str()], false),
        (vec!["x"], false),
        (vec![ended.token.as_str()], true),
        (vec![FOREIGN, ended.token.as_str()], true),
    ] {
        let read = session(&stack, &tokens).await;
        assert_eq!(read.text(), "null");
        let write = with(stack.post("/api/auth/sign-out"), &tokens).origin(OWN).await;
        assert_eq!((write.status, write.json()), (200, json!({ "success": true })));
        for response in [read, write] {
            let count = response.set_cookies().len();
            assert_eq!(count, if cleared { 3 } else { 0 }, "{tokens:?}");
        }
    }
    // After the account's end its cookie is still ours.
    let pk = format!("USER#{}", user.id);
    stack.engine.delete_item(&pk, "ACCOUNT").await.unwrap();
    assert_eq!(session(&stack, &[&user.token]).await.set_cookies().len(), 3);
}

/// What was judged was the token, and not the cookie.
#[tokio::test(flavor = "multi_thread")]
async fn f2_a_bearer_token_that_does_not_count_leaves_the_cookie_alone() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let ended = user.another_session().await;
    ended.post("/api/auth/sign-out").await;
    for bearer in ["x", "null", "undefined", ended.token.as_str()] {
        let request = stack.get("/api/auth/get-session").bearer(bearer);
        let read = request.cookie(COOKIE, &user.token).await;
        assert_eq!(read.text(), "null", "{bearer:.9}");
        let request = stack.post("/api/auth/sign-out").bearer(bearer);
        let write = request.cookie(COOKIE, &user.token).await;
        assert_eq!(write.status, 200, "{bearer:.9}");
        assert!(read.set_cookies().is_empty() && write.set_cookies().is_empty(), "{bearer:.9}");
    }
    assert!(signed_in(&stack, &[&user.token]).await.is_some());
    let again = sign_in(&stack, &user.email, PASSWORD).await;
    assert_eq!(again.status, 200);
}
