//! A write with cookies comes from a trusted page, on every route; so does a browser's sign-in.

use e2e::{PASSWORD, conversation, interaction, routes};
use harness::Method;
use harness::stack::{RequestBuilder, Stack};
use serde_json::{Value, json};

use crate::helpers::better_auth::{COOKIE, SIGN_IN, SIGN_UP, new_user, post};

const API: &str = "https://api.example.com";
const APP: &str = "https://app.example.com";
const MISSING: Option<&str> = Some("MISSING_OR_NULL_ORIGIN");
const INVALID: Option<&str> = Some("INVALID_ORIGIN");
const CROSS_SITE: Option<&str> = Some("CROSS_SITE_NAVIGATION_LOGIN_BLOCKED");

type Headers = &'static [(&'static str, &'static str)];

/// What a request says of the page that it comes from, and the code of the error that it gets.
const PAGES: [(Headers, Option<&str>); 21] = [
    (&[("origin", API)], None),
    (&[("origin", APP)], None),
    (&[("origin", "http://localhost:3000")], None),
    (&[("referer", "https://app.example.com/settings?tab=1")], None),
    (&[("origin", APP), ("referer", "https://evil.com/")], None),
    (&[], MISSING),
    (&[("origin", "null")], MISSING),
    (&[("origin", "null"), ("referer", "https://app.example.com/")], MISSING),
    (&[("origin", "")], INVALID),
    (&[("origin", "https://evil.com")], INVALID),
    (&[("origin", "https://evil.com"), ("referer", "https://app.example.com/")], INVALID),
    (&[("referer", "https://evil.com/https://app.example.com")], INVALID),
    (&[("origin", "http://app.example.com")], INVALID),
    (&[("origin", "https://app.example.com:8443")], INVALID),
    (&[("origin", "https://app.example.com.evil.com")], INVALID),
    (&[("origin", "https://evilapp.example.com")], INVALID),
    (&[("origin", "https://sub.app.example.com")], INVALID),
    (&[("origin", "https://app.example.com@evil.com")], INVALID),
    (&[("origin", "https://evil.com\\@app.example.com")], INVALID),
    (&[("origin", APP), ("origin", "https://evil.com")], INVALID),
    (&[("referer", "app.example.com")], INVALID),
];

async fn stack() -> Stack {
    let trusted = format!("{APP},http://localhost:3000");
    let builder = Stack::builder().parameter("TrustedOrigins", &trusted);
    builder.parameter("PublicUrl", API).start().await.unwrap()
}

fn with(request: RequestBuilder, headers: Headers) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(name, value))
}

#[tokio::test(flavor = "multi_thread")]
async fn check_51_a_write_with_a_cookie_comes_from_a_trusted_page() {
    let stack = stack().await;
    let user = stack.sign_up("ada").await;
    let background = json!({ "software_level": "advanced", "hardware_background": "none" });
    for (method, path, body) in [
        (Method::PUT, "/api/user/profile", background),
        (Method::POST, "/api/auth/update-user", json!({ "name": "Mallory" })),
    ] {
        for (headers, refused) in PAGES {
            let before = stack.engine.all_items().await.unwrap();
            let request = stack.call(method.clone(), path).cookie(COOKIE, &user.token).json(&body);
            let response = with(request, headers).await;
            let what = format!("{method} {path} {headers:?}: {}", response.text());
            match refused {
                None => assert_eq!(response.status, 200, "{what}"),
                Some(code) => {
                    assert_eq!((response.status, response.code().as_str()), (403, code), "{what}");
                    assert!(response.set_cookies().is_empty());
                    assert_eq!(stack.engine.all_items().await.unwrap(), before, "{what}");
                }
            }
        }
    }
}

/// Every route that may write, from the template: any cookie counts, also one that is not ours. Nothing
/// is read, counted or written before.
#[tokio::test(flavor = "multi_thread")]
async fn check_51_every_write_with_any_cookie_is_refused_to_strangers() {
    let stack = stack().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let routes = routes::all(&stack, &interaction(&user).await);
    let names: Vec<&str> = stack.template.functions.iter().map(|f| f.name.as_str()).collect();
    stack.warm(&names).await.unwrap();
    stack.recorder.take();
    let before = stack.engine.all_items().await.unwrap();
    let mut tried = 0;
    for route in routes.iter().filter(|route| route.uses_cookies()) {
        for (name, value) in [("theme", "dark"), (COOKIE, user.token.as_str())] {
            for (headers, code) in [
                (&[][..], "MISSING_OR_NULL_ORIGIN"),
                (&[("origin", "https://evil.com")][..], "INVALID_ORIGIN"),
            ] {
                let request = route.by(&user, "eve").replace("authorization", &[]);
                let response = with(request.cookie(name, value), headers).await;
                let what = format!("{} with {name}: {}", route.path, response.text());
                assert_eq!((response.status, response.code().as_str()), (403, code), "{what}");
                assert!(response.set_cookies().is_empty(), "{what}");
            }
        }
        tried += 1;
    }
    assert!(tried >= 15, "{tried} routes were tried");
    assert_eq!(stack.recorder.take().len(), 0, "the table was called");
    assert_eq!(stack.engine.all_items().await.unwrap(), before);
}

/// A browser sends no `SameSite=Lax` cookie with another site's form. What sets or clears one is refused
/// all the same, or that form could sign a visitor out, or in.
#[tokio::test(flavor = "multi_thread")]
async fn f3_what_sets_or_clears_cookies_is_refused_to_strangers_without_a_cookie_too() {
    let stack = stack().await;
    stack.sign_up("ada").await;
    let sign_in = json!({ "email": "ada@example.com", "password": PASSWORD });
    let navigation: Headers = &[
        ("origin", "https://evil.com"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let cases: [(Headers, Option<&str>); 7] = [
        (&[("origin", "https://evil.com")], INVALID),
        (&[("origin", "null")], MISSING),
        (&[("referer", "https://evil.com/page")], INVALID),
        (&[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")], MISSING),
        (&[("origin", APP), ("sec-fetch-site", "same-site")], None),
        (&[("referer", "https://app.example.com/page")], None),
        (&[], None),
    ];
    for (headers, refused) in cases {
        for (path, body) in [("/api/auth/sign-out", &json!({})), (SIGN_IN, &sign_in)] {
            let response = with(post(&stack, path, body), headers).await;
            let what = format!("{path} {headers:?}: {}", response.text());
            match refused {
                None => assert_eq!(response.status, 200, "{what}"),
                Some(code) => {
                    assert_eq!((response.status, response.code().as_str()), (403, code), "{what}");
                    assert!(response.set_cookies().is_empty(), "{what}");
                }
            }
        }
    }
    let form = with(stack.post("/api/auth/sign-out").body("x=1"), navigation).await;
    assert_eq!((form.status, form.code().as_str()), (403, "INVALID_ORIGIN"), "{}", form.text());
    assert!(form.set_cookies().is_empty());
}

/// Without cookies there is nothing that a page could use: programs and bearer clients need no
/// origin. Nor do reads, whose responses other sites' pages cannot see.
#[tokio::test(flavor = "multi_thread")]
async fn check_51_tokens_and_reads_need_no_origin() {
    let stack = stack().await;
    let user = stack.sign_up("ada").await;
    let body = json!({ "name": "Ada" });
    for headers in [&[][..], &[("origin", "https://evil.com")], &[("origin", "null")]] {
        let write = user.post("/api/auth/update-user").json(&body);
        assert_eq!(with(write, headers).await.status, 200, "{headers:?}");
        for path in ["/api/auth/get-session", "/api/user/profile"] {
            let read = stack.get(path).cookie(COOKIE, &user.token);
            let response = with(read, headers).await;
            assert!(response.status == 200 && response.text() != "null");
            let allowed = response.header("access-control-allow-origin");
            assert_eq!(allowed, None, "a stranger's page may not read it");
        }
    }
}

/// Signing in and up without cookies, by the headers that a browser adds and no page can change.
#[tokio::test(flavor = "multi_thread")]
async fn check_51_a_browser_signs_in_from_a_trusted_page_only() {
    const CORS: (&str, &str) = ("sec-fetch-mode", "cors");
    const NAVIGATE: (&str, &str) = ("sec-fetch-mode", "navigate");
    const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
    const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");
    const EVIL: (&str, &str) = ("origin", "https://evil.com");
    let cases: [(Headers, Option<&str>); 15] = [
        (&[], None),
        (&[("origin", APP)], None),
        (&[("referer", "https://app.example.com/sign-in")], None),
        (&[CORS, SAME, ("origin", API)], None),
        (&[CORS, CROSS, ("origin", APP)], None),
        (&[NAVIGATE, SAME, ("origin", API)], None),
        (&[EVIL], INVALID),
        (&[("origin", "null")], MISSING),
        (&[CORS], MISSING),
        (&[("sec-fetch-dest", "empty")], MISSING),
        (&[CORS, SAME, EVIL], INVALID),
        (&[NAVIGATE, SAME, ("origin", "null")], MISSING),
        (&[NAVIGATE, CROSS], CROSS_SITE),
        (&[NAVIGATE, CROSS, EVIL], CROSS_SITE),
        (&[NAVIGATE, CROSS, ("origin", APP)], CROSS_SITE),
    ];
    let stack = stack().await;
    stack.sign_up("ada").await;
    let sign_in = json!({ "email": "ada@example.com", "password": PASSWORD });
    for (n, (headers, refused)) in cases.into_iter().enumerate() {
        let before = stack.engine.all_items().await.unwrap();
        for (path, body) in
            [(SIGN_IN, &sign_in), (SIGN_UP, &new_user(&format!("eve{n}@example.com")))]
        {
            let form: Value = body.clone();
            let form: Vec<String> = form
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
                .collect();
            let as_form = stack
                .post(path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.join("&").replace(' ', "+"));
            let response = with(as_form, headers).await;
            let what = format!("{path} {headers:?}: {}", response.text());
            let Some(code) = refused else {
                assert_eq!(response.status, 200, "{what}");
                continue;
            };
            let as_json = with(post(&stack, path, body), headers).await;
            for response in [response, as_json] {
                assert_eq!((response.status, response.code().as_str()), (403, code), "{what}");
                assert!(response.set_cookies().is_empty());
            }
        }
        if refused.is_some() {
            assert_eq!(stack.engine.all_items().await.unwrap(), before, "{headers:?}");
        }
    }
}
