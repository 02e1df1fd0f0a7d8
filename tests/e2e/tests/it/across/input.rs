use e2e::{append, conversation, sign_up_body};
use harness::stack::Stack;
use serde_json::json;

const PROFILE: &str = "/api/user/profile";

#[tokio::test(flavor = "multi_thread")]
async fn check_43_44_45_malformed_bodies_are_400() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for body in [
        "".as_bytes(),
        b"{",
        b"not json",
        b"{\"software_level\":\"beginner\",\"software_level\":\"advanced\",\"hardware_background\":\"none\"}",
        b"{\"software_level\":\"\\ud800\",\"hardware_background\":\"none\"}",
        b"{\"software_level\":\"\xff\",\"hardware_background\":\"none\"}",
        b"\xef\xbb\xbf",
        b"{\"software_level\":NaN}",
        deep.as_bytes(),
    ] {
        let response = user.put(PROFILE)
            .header("content-type", "application/json")
            .body(body.to_vec())
            .await;
        assert_eq!((response.status, response.code().as_str()), (400, "BAD_REQUEST"), "{:.60}", String::from_utf8_lossy(body));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_47_other_content_types_are_415() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let body = r#"{"software_level":"advanced","hardware_background":"none"}"#;
    let send = |content_type: &str| {
        let request = user.put(PROFILE).body(body);
        if content_type.is_empty() { request } else { request.header("content-type", content_type) }
            .send()
    };
    for refused in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonx",
    ] {
        assert_eq!(send(refused).await.status, 415, "{refused}");
    }
    for taken in ["application/json", "Application/JSON; charset=utf-8"] {
        assert_eq!(send(taken).await.status, 200, "{taken}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_42_large_bodies_are_413() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let mut body = sign_up_body("eve@example.com");
    body["name"] = json!("x".repeat(65 * 1024));
    let response = stack.post("/api/auth/signup").json(&body).await;
    assert_eq!((response.status, response.code().as_str()), (413, "BODY_TOO_LARGE"));
    assert_eq!(append(&user, 1, &"x".repeat(257 * 1024)).await.status, 413);
    assert_eq!(append(&user, 1, &"x".repeat(250 * 1024)).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_50_54_every_response_has_the_safety_headers_and_problems_one_shape() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    for (path, status) in [
        ("/api/auth/ok", 200),
        (PROFILE, 200),
        ("/api/conversations/9", 404),
        ("/api/conversations?limit=0", 400),
    ] {
        let response = user.get(path).await;
        assert_eq!(response.status, status);
        for (name, value) in [
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(response.header(name), Some(value), "{path}");
        }
        assert_eq!(response.header("server"), None);
        if status >= 400 {
            assert_eq!(response.header("content-type"), Some("application/problem+json"));
            let problem = response.json();
            assert_eq!((&problem["success"], &problem["status"]), (&json!(false), &json!(status)));
            assert_eq!(problem["message"], problem["detail"]);
            assert_eq!(problem["instance"].as_str().map(str::is_empty), Some(false));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_52_what_is_echoed_is_inert() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    for path in [
        "/api/conversations?%0d%0aset-cookie:x=1",
        "/api/conversations?cursor=%0d%0ax",
        "/api/conversations/%0d%0a",
    ] {
        let response = user.get(path).await;
        assert!([400, 404].contains(&response.status));
        assert_eq!(response.header("set-cookie"), None);
    }
}
