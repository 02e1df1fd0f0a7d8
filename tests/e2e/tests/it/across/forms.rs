//! What a body may be: a page of another site can send forms without asking, so they are taken
//! only where signing in without a script needs them.

use e2e::{PASSWORD, conversation, interaction, routes};
use harness::stack::{Response, Stack};
use serde_json::Value;

use crate::helpers::better_auth::{SIGN_IN, SIGN_UP};

const FORM: &str = "application/x-www-form-urlencoded";

async fn send(stack: &Stack, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Response {
    let body: Vec<u8> = body.into();
    let request = stack.post(path).outside_contract().body(body);
    if kind.is_empty() { request } else { request.header("content-type", kind) }.await
}

/// Where the page of a link sends its form.
const PAGE: &str = "/api/auth/verify-email";
const MAGIC_LINK: &str = "/api/auth/magic-link/verify";
const DELETE: &str = "/api/auth/delete-user";

#[tokio::test(flavor = "multi_thread")]
async fn check_47_only_signing_in_and_up_and_the_pages_of_links_take_forms() {
    let stack = Stack::start().await;
    let password = PASSWORD.replace(' ', "+");
    let made = format!("name=Ada&email=ada%40example.com&password={password}&unknown=1");
    assert_eq!(send(&stack, SIGN_UP, FORM, made).await.status, 200);
    for kind in [FORM, "Application/X-WWW-Form-Urlencoded; charset=UTF-8"] {
        let body = format!("email=ada%40example.com&password={password}");
        assert_eq!(send(&stack, SIGN_IN, kind, body).await.status, 200, "{kind}");
    }
    let mut tried = 0;
    let user = stack.sign_up("eve").await;
    conversation(&user).await;
    let routes = routes::all(&stack, &interaction(&user).await);
    let before = stack.engine.all_items().await.unwrap();
    for route in routes {
        let body = route.body;
        if body.is_null() {
            continue;
        }
        let (method, path) = (route.method, route.path);
        let fields = body.as_object().unwrap().iter();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let fields: Vec<String> = fields
            .map(|(name, value)| format!("{name}={}", text(value).replace(' ', "+")))
            .collect();
        let form = fields.join("&");
        for (kind, body) in [
            (FORM, form.clone()),
            ("", body.to_string()),
            ("text/plain", body.to_string()),
            ("text/plain;application/json", body.to_string()),
            ("text/json", body.to_string()),
            ("application/jsonp", body.to_string()),
            ("multipart/form-data; boundary=x", format!("--x\r\n\r\n{body}\r\n--x--")),
        ] {
            if kind == FORM && [SIGN_IN, SIGN_UP, PAGE, DELETE, MAGIC_LINK].contains(&path.as_str())
            {
                continue;
            }
            let mut request = user.call(method.clone(), &path).body(body);
            if !kind.is_empty() {
                request = request.header("content-type", kind);
            }
            let response = request.await;
            let what = format!("{method} {path} as {kind}: {}", response.text());
            assert_eq!(
                (response.status, response.code().as_str()),
                (415, "UNSUPPORTED_MEDIA_TYPE"),
                "{what}"
            );
        }
        tried += 1;
    }
    assert!(tried >= 11, "{tried} routes were tried");
    assert_eq!(stack.engine.all_items().await.unwrap(), before, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_44_45_malformed_forms_are_400() {
    let stack = Stack::start().await;
    for (body, code) in [
        (&b"email=a%40b.de&email=c%40d.de&password=abcdefgh&name=A"[..], "BAD_REQUEST"),
        (b"email=a%40b.de&password=abcdefgh&password=x&name=A", "BAD_REQUEST"),
        // Two passwords that are no text must not become one.
        (b"email=a%40b.de&password=%ff%fe%fd%fc%fb%fa%f9%f8&name=A", "BAD_REQUEST"),
        (b"email=a%40b.de&password=\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8&name=A", "BAD_REQUEST"),
        (b"email=a%40b.de&password=%ed%a0%80abcdefgh&name=A", "BAD_REQUEST"),
        (b"email=a%40b.de&password=abcdefgh&name=%c0%80", "BAD_REQUEST"),
        (b"email=a%40b.de&password=abcdefgh&name=A&rememberMe=perhaps", "VALIDATION_ERROR"),
        (b"email=a%0d%0a%40b.de&password=abcdefgh&name=A", "VALIDATION_ERROR"),
        (b"name=A", "VALIDATION_ERROR"),
        (b"&&&", "VALIDATION_ERROR"),
    ] {
        let response = send(&stack, SIGN_UP, FORM, body).await;
        let what = String::from_utf8_lossy(body);
        assert_eq!((response.status, response.code().as_str()), (400, code), "{what}");
    }
    let large = format!("email=a%40b.de&password={}&name=A", "x".repeat(65 * 1024));
    assert_eq!(send(&stack, SIGN_UP, FORM, large).await.status, 413);
    assert_eq!(stack.engine.count("USER#", "").await.unwrap(), 0);
}

/// The same on Better Auth's routes, whose bodies have a parser of their own.
#[tokio::test(flavor = "multi_thread")]
async fn check_43_44_45_malformed_json_is_400_on_better_auths_routes() {
    const JSON: &str = "application/json";
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let deep = format!("{{\"name\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let keys: Vec<String> = (0..6_000).map(|n| format!("\"k{n}\":1")).collect();
    let many = format!("{{{},\"k0\":2}}", keys.join(","));
    for body in [
        &b"{"[..],
        b"nope",
        b"{} {}",
        b"{\"name\":\"a\",\"name\":\"b\"}",
        b"{\"x\":{\"y\":1,\"y\":2},\"name\":\"a\"}",
        b"{\"name\":\"\\ud800\"}",
        b"{\"name\":\"\xff\"}",
        b"{\"name\":\"\xc0\x80\"}",
        b"\xef\xbb\xbf\xef\xbb\xbf{\"name\":\"a\"}",
        b"{\"name\":NaN}",
        b"{\"name\":\"a\",\"x\":1e400}",
        b"{\"name\":\"a\"}\0",
        deep.as_bytes(),
        many.as_bytes(),
    ] {
        for path in [SIGN_UP, SIGN_IN] {
            let response = send(&stack, path, JSON, body).await;
            let what = format!("{path}: {:.60}", String::from_utf8_lossy(body));
            assert_eq!((response.status, response.code().as_str()), (400, "BAD_REQUEST"), "{what}");
        }
        for path in ["update-user", "change-password", "verify-password", "revoke-session"] {
            let request = user.post(&format!("/api/auth/{path}"));
            let request = request.outside_contract().header("content-type", JSON);
            let response = request.body(body.to_vec()).await;
            let what = format!("{path}: {:.60}", String::from_utf8_lossy(body));
            assert_eq!((response.status, response.code().as_str()), (400, "BAD_REQUEST"), "{what}");
        }
    }
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(65 * 1024));
    let request = user.post("/api/auth/update-user");
    let response = request.header("content-type", JSON).body(large).await;
    assert_eq!((response.status, response.code().as_str()), (413, "BODY_TOO_LARGE"));
    for body in ["[]", "null", "1", "\"text\"", "true"] {
        let response = send(&stack, SIGN_UP, JSON, body).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (400, "VALIDATION_ERROR"),
            "{body}"
        );
    }
}
