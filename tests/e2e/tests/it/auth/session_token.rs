//! What stands as `token` in a session, and what a client can do with it.

use e2e::User;
use harness::stack::Stack;
use serde_json::Value;

use crate::helpers::better_auth::{COOKIE, OWN};
use crate::helpers::sessions::handle;

/// The sessions that a caller sees, with a bearer token or with a cookie: `get-session`, then the list.
async fn sessions(stack: &Stack, user: &User, bearer: bool) -> Vec<Value> {
    let get = |path: &str| {
        let request = stack.get(path);
        if bearer { request.bearer(&user.token) } else { request.cookie(COOKIE, &user.token) }
    };
    let session = get("/api/auth/get-session").await.json()["session"].clone();
    let list = get("/api/auth/list-sessions").await.json();
    [session].into_iter().chain(list.as_array().unwrap().clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn f11_the_token_is_shown_to_those_who_have_it() {
    for readable in ["false", "true"] {
        let builder = Stack::builder().parameter("SessionTokenReadable", readable);
        let stack = builder.start().await.unwrap();
        let user = stack.sign_up("ada").await;
        let other = user.another_session().await;
        let own = handle(&user).await;
        for bearer in [true, false] {
            let shown = sessions(&stack, &user, bearer).await;
            assert_eq!(shown.len(), 3);
            for session in shown {
                let (id, token) =
                    (session["id"].as_str().unwrap(), session["token"].as_str().unwrap());
                let is_token = id == own && (bearer || readable == "true");
                assert_eq!(
                    token,
                    if is_token { user.token.as_str() } else { id },
                    "{bearer} {readable}"
                );
            }
        }
        // The commonest line of applications that call a backend of their own.
        let session = &sessions(&stack, &user, true).await[0];
        let profile =
            stack.get("/api/user/profile").bearer(session["token"].as_str().unwrap()).await;
        assert_eq!(profile.status, 200, "{}", profile.text());
        assert_ne!(handle(&other).await, own);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f11_a_handle_as_a_bearer_token_is_401_and_says_why() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let handle = handle(&user).await;
    for path in ["/api/user/profile", "/api/auth/list-sessions", "/api/auth/token"] {
        let response = stack.get(path).bearer(&handle).await;
        assert_eq!((response.status, response.code().as_str()), (401, "UNAUTHORIZED"), "{path}");
        assert_eq!(response.header("www-authenticate"), Some("Bearer"));
        assert!(response.field("detail").contains("SessionTokenReadable"), "{}", response.text());
    }
    // These routes succeed for anybody, as in Better Auth.
    assert_eq!(stack.get("/api/auth/get-session").bearer(&handle).await.text(), "null");
    assert_eq!(stack.post("/api/auth/sign-out").bearer(&handle).await.status, 200);
    // In a cookie it is nothing at all.
    let request = stack.post("/api/auth/update-user").cookie(COOKIE, &handle).origin(OWN);
    let response = request.await;
    assert_eq!((response.status, response.field("detail").as_str()), (401, "Unauthorized"));
    assert_eq!(user.get("/api/user/profile").await.status, 200);
}
