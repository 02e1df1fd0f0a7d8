//! `callbackURL`, which a response repeats and a browser follows, leads to trusted pages only.

use e2e::PASSWORD;
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::better_auth::{SIGN_IN, SIGN_UP, new_user, post};

const TAKEN: [&str; 12] = [
    "/",
    "/dash",
    "/dash?tab=1&next=2#top",
    "/a/../b",
    "https://app.example.com",
    "https://app.example.com/dash?x=1#y",
    "HTTPS://APP.example.com:443/dash",
    "http://localhost:3000/dash",
    "https://api.example.com/dash",
    "/https://evil.com",
    "myapp://dashboard?tab=1",
    "https://pr-7.example.org/dash",
];

const REFUSED: [&str; 50] = [
    " ",
    "dash",
    "//evil.com",
    "///evil.com",
    "//evil.com/https://app.example.com",
    "/\\evil.com",
    "\\\\evil.com",
    "\\/evil.com",
    "/\t/evil.com",
    "\t//evil.com",
    " //evil.com",
    " https://evil.com",
    "/%2fevil.com",
    "/%2Fevil.com",
    "/%5cevil.com",
    "/%5Cevil.com",
    "/a\\..\\evil.com",
    "https://evil.com",
    "https:evil.com",
    "https:/evil.com",
    "https:///evil.com",
    "https:\\\\evil.com",
    "http://app.example.com",
    "https://app.example.com.evil.com",
    "https://app.example.com@evil.com",
    "https://app.example.com:x@evil.com/",
    "https://user@app.example.com/",
    "https://evil.com\\@app.example.com",
    "https://evil.com\\.app.example.com",
    "https://evil.com#@app.example.com",
    "https://evil.com?@app.example.com",
    "https://evil.com/@app.example.com",
    "https://evil.com;@app.example.com",
    "https://app.example.com:8443/",
    "https://app%2eexample.com/",
    "https://\u{ff41}pp.example.com/",
    "https://app.example.com\u{2025}evil.com",
    "javascript:alert(1)",
    "javascript://app.example.com/%0aalert(1)",
    "data:text/html,x",
    "ftp://app.example.com/",
    "otherapp://dashboard",
    "https://example.org/",
    "https://a.b.example.org/",
    "/dash\r\nset-cookie: a=b",
    "/dash\nlocation: https://evil.com",
    "https://app.example.com/\r\nset-cookie: a=b",
    "/dash\0",
    "/d\u{e4}sh",
    "/\u{2028}evil",
];

async fn stack() -> Stack {
    let stack = Stack::builder()
        .parameter(
            "TrustedOrigins",
            "https://app.example.com,http://localhost:3000,myapp://,https://*.example.org",
        )
        .parameter("PublicUrl", "https://api.example.com")
        .start()
        .await
        .unwrap();
    stack.sign_up("ada").await;
    stack
}

fn sign_in_to(url: &Value, password: &str) -> Value {
    json!({ "email": "ada@example.com", "password": password, "callbackURL": url })
}

#[tokio::test(flavor = "multi_thread")]
async fn check_51_52_a_trusted_page_is_given_back_as_it_is() {
    let stack = stack().await;
    for url in TAKEN {
        let response = post(&stack, SIGN_IN, &sign_in_to(&url.into(), PASSWORD)).await;
        assert_eq!(response.status, 200, "{url}: {}", response.text());
        let body = response.json();
        assert_eq!((&body["redirect"], &body["url"]), (&json!(true), &json!(url)));
        assert_eq!(response.header("location"), Some(url));
    }
}

/// Pages pass on what their own URL says of the next page, which is often nothing.
#[tokio::test(flavor = "multi_thread")]
async fn f14_an_empty_callback_url_is_none() {
    let stack = stack().await;
    let absent = json!({ "email": "ada@example.com", "password": PASSWORD });
    for body in [absent, sign_in_to(&"".into(), PASSWORD)] {
        let response = post(&stack, SIGN_IN, &body).await;
        assert_eq!((response.status, response.header("location")), (200, None));
        let body = response.json();
        assert_eq!((&body["redirect"], &body["url"]), (&json!(false), &Value::Null));
    }
    let mut sign_up = new_user("eve@example.com");
    sign_up["callbackURL"] = "".into();
    let response = post(&stack, SIGN_UP, &sign_up).await;
    assert_eq!(response.status, 200, "{}", response.text());
}

/// The page is rejected before the password is checked, so the response reveals nothing about the
/// password. No header repeats any of the text.
#[tokio::test(flavor = "multi_thread")]
async fn check_51_52_no_other_page_is_given_back() {
    let stack = stack().await;
    stack.warm(&["sign-in-email", "sign-up-email"]).await.unwrap();
    let before = stack.engine.all_items().await.unwrap();
    for url in REFUSED {
        let mut sign_up = new_user("eve@example.com");
        sign_up["callbackURL"] = url.into();
        for (path, body) in [
            (SIGN_IN, sign_in_to(&url.into(), PASSWORD)),
            (SIGN_IN, sign_in_to(&url.into(), "wrong password")),
            (SIGN_UP, sign_up),
        ] {
            let response = post(&stack, path, &body).await;
            assert_eq!(response.status, 403, "{path} {url:?}: {}", response.text());
            assert_eq!(response.code(), "INVALID_CALLBACK_URL");
            assert_eq!(response.json()["message"], "Invalid callbackURL");
            assert_eq!(response.header("location"), None);
            assert!(response.set_cookies().is_empty());
        }
    }
    for url in [Value::Null, json!(1), json!(true), json!(["/dash"]), json!({ "href": "/dash" })] {
        let response = post(&stack, SIGN_IN, &sign_in_to(&url, PASSWORD)).await;
        assert_eq!((response.status, response.code().as_str()), (400, "VALIDATION_ERROR"), "{url}");
    }
    assert_eq!(stack.engine.all_items().await.unwrap(), before, "nothing was written");
}
