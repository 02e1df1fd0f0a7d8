//! Requests that are right, but not as most programs write them: they get our own responses.

use harness::http::Request;
use harness::stack::Stack;
use serde_json::json;
use template::event::{Caller, event};

use crate::helpers::better_auth::COOKIE;

const LIST: &str = "/api/conversations";

#[tokio::test(flavor = "multi_thread")]
async fn f6_a_scheme_and_a_token_may_have_several_spaces_between_them() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    for scheme in ["Bearer ", "Bearer  ", "bearer    ", "BEARER \t"] {
        for path in ["/api/user/profile", "/api/auth/get-session", "/api/chat/1/stream"] {
            let header = format!("{scheme}{}", user.token);
            let response = stack.get(path).header("authorization", &header).await;
            assert_ne!(response.status, 401, "{scheme:?} {path}");
            assert_ne!(response.text(), "null", "{scheme:?} {path}");
        }
    }
}

/// Bytes that are no UTF-8, and cookies in two lines, as HTTP/2 clients send them.
#[tokio::test(flavor = "multi_thread")]
async fn f7_odd_bytes_and_a_second_cookie_line_do_not_hide_the_session() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let session = format!("{COOKIE}={}", user.token).into_bytes();
    let odd = b"n=Jos\xe9".to_vec();
    for lines in [
        vec![odd.clone(), session.clone()],
        vec![session.clone(), odd.clone()],
        vec![[odd.as_slice(), b"; ", &session].concat()],
    ] {
        for path in ["/api/user/profile", "/api/chat/1/stream"] {
            let mut request = Request::default();
            *request.uri_mut() = path.parse().unwrap();
            let headers = request.headers_mut();
            headers.insert("host", "127.0.0.1".parse().unwrap());
            headers.insert("user-agent", b"Jos\xe9".as_slice().try_into().unwrap());
            for line in &lines {
                headers.append("cookie", line.as_slice().try_into().unwrap());
            }
            let response = stack.gateway.call(request, "127.0.0.1").await.unwrap();
            let status = response.status().as_u16();
            assert!([200, 204, 404].contains(&status), "{path}: {status}");
        }
    }
}

/// API Gateway passes on a query as the client wrote it.
#[tokio::test(flavor = "multi_thread")]
async fn f8_a_query_that_is_no_uri_gets_our_own_response() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let found = stack.gateway.route("GET", LIST).unwrap();
    let mut request = Request::default();
    *request.uri_mut() = LIST.parse().unwrap();
    let bearer = format!("Bearer {}", user.token).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    request.headers_mut().insert("host", "127.0.0.1".parse().unwrap());
    for (query, status) in [
        ("limit=2", 200),
        ("sort=updated_at&limit=2", 200),
        ("a=b c", 400),
        ("a=\"", 400),
        ("a=<b>", 400),
        ("limit= 2", 400),
        ("\u{e4}=\u{7f}", 400),
        ("%", 400),
    ] {
        let mut event = event(&found, &request, &Caller::now("127.0.0.1"));
        event["rawQueryString"] = json!(query);
        let response = stack.invoke("list-conversations", &event).await.unwrap();
        assert_eq!(response["statusCode"], status, "{query}: {response}");
        let kind = response["headers"]["content-type"].as_str().unwrap();
        assert_eq!(kind.starts_with("application/problem+json"), status == 400, "{query}");
    }
    // What names the host or the scheme may be odd too.
    let mut event = event(&found, &request, &Caller::now("127.0.0.1"));
    event["headers"]["x-forwarded-proto"] = json!("a b,https");
    event["headers"]["host"] = json!("a b");
    event["rawPath"] = json!("/api/conversations?\"<");
    let response = stack.invoke("list-conversations", &event).await.unwrap();
    assert_eq!(response["statusCode"], 200, "{response}");
}
