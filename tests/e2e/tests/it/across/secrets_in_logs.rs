//! What must never be logged, sent through every place where a client's text can come; and what
//! must always be.

use e2e::routes;
use harness::Method;
use harness::stack::{Response, Stack};
use serde_json::{Value, json};

use crate::helpers::better_auth::{COOKIE, OWN, SIGN_IN, SIGN_UP, post};

const CANARY: &str = "canary-7f3a";
/// A password with what breaks a log line that is put together by hand.
const PASSWORD: &str = "canary-7f3a \"}\r\n{\"level\":\"ERROR\"} \u{1b}[31m";

fn sign_up_body() -> Value {
    json!({
        "name": CANARY, "email": format!("{CANARY}@example.com"), "password": PASSWORD,
        "image": format!("https://example.com/{CANARY}"), "callbackURL": format!("/{CANARY}"),
    })
}

/// Signs up and calls every route; returns all secrets that were given out.
async fn succeed(stack: &Stack) -> Vec<String> {
    let made = post(stack, SIGN_UP, &sign_up_body()).header("user-agent", CANARY).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let mut secrets = vec![made.field("token")];
    let mut body = sign_up_body();
    body["rememberMe"] = false.into();
    secrets.push(post(stack, SIGN_IN, &body).await.field("token"));
    let token = secrets[0].clone();
    let call = |method: Method, path: &str| {
        let request = stack.call(method, &format!("/api/auth/{path}"));
        request.cookie(COOKIE, &token).origin(OWN)
    };
    let session = call(Method::GET, "get-session").await;
    secrets.push(session.header("set-auth-jwt").unwrap().to_owned());
    secrets.push(call(Method::GET, "token").await.field("token"));
    let handle = session.json()["session"]["token"].as_str().unwrap().to_owned();
    for (path, body) in [
        ("update-user", json!({ "name": format!("{CANARY} L."), "image": CANARY })),
        ("verify-password", json!({ "password": PASSWORD })),
        ("revoke-session", json!({ "token": format!("{CANARY}{}", "x".repeat(21)) })),
        ("revoke-other-sessions", json!({})),
    ] {
        let response = call(Method::POST, path).json(&body).await;
        assert_eq!(response.status, 200, "{path}: {}", response.text());
    }
    for path in ["list-sessions", "list-accounts", "jwks"] {
        assert_eq!(call(Method::GET, path).await.status, 200);
    }
    let body = json!({
        "currentPassword": PASSWORD, "newPassword": format!("{PASSWORD}2"), "revokeOtherSessions": true,
    });
    let changed = call(Method::POST, "change-password").json(&body).await;
    secrets.push(changed.field("token"));
    for path in ["revoke-sessions", "sign-out"] {
        let request = stack.post(&format!("/api/auth/{path}"));
        assert_eq!(request.bearer(&secrets[4]).await.status, 200);
    }
    secrets.push(handle);
    secrets
}

/// The same text in every place of requests that fail.
async fn fail(stack: &Stack) {
    let user = stack.sign_up("ada").await;
    let broken = format!("{{\"{CANARY}\": \"{CANARY}\u{1b}[31m\\n");
    let odd = json!({ CANARY: CANARY, "email": CANARY, "password": [CANARY], "name": { CANARY: 1 },
        "image": [CANARY], "software_level": CANARY, "token": [CANARY], "currentPassword": 1 });
    for route in routes::of_auth(stack) {
        let path = format!("{}?{CANARY}={CANARY}&token={CANARY}", route.path);
        let call = || stack.call(route.method.clone(), &path).outside_contract();
        for request in [
            call().bearer(CANARY),
            call().cookie(COOKIE, CANARY),
            call().cookie(COOKIE, CANARY).origin(&format!("https://{CANARY}.example")),
            call().cookie(CANARY, CANARY).header("referer", &format!("https://x.example/{CANARY}")),
            call().header("authorization", &format!("Basic {CANARY}")),
            call().header(CANARY, CANARY).header("x-request-id", &format!("{CANARY}\" \"level")),
            call().header("content-type", CANARY).body(CANARY).bearer(&user.token),
        ] {
            request.await;
        }
        if !route.body_of(&user, CANARY).is_null() {
            for body in [broken.clone(), odd.to_string(), format!("[\"{CANARY}\"]")] {
                let request = call().header("content-type", "application/json").body(body);
                let response = request.bearer(&user.token).await;
                assert!(response.status < 500, "{}: {}", route.path, response.text());
            }
        }
    }
    for url in [format!("https://{CANARY}.example"), format!("/{CANARY}\r\nx: y")] {
        let mut body = sign_up_body();
        body["callbackURL"] = url.into();
        post(stack, SIGN_IN, &body).await;
    }
    // A taken address, wrong passwords until the address is locked, and a form.
    post(stack, SIGN_UP, &sign_up_body()).await;
    for _ in 0..6 {
        let body = json!({ "email": format!("{CANARY}@example.com"), "password": CANARY });
        post(stack, SIGN_IN, &body).await;
        let body = json!({ "password": CANARY });
        post(stack, "/api/auth/verify-password", &body).bearer(&user.token).await;
    }
    let form = format!("email={CANARY}%40example.com&password={CANARY}&{CANARY}=1");
    let request = stack.post(SIGN_IN).body(form);
    request.header("content-type", "application/x-www-form-urlencoded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_65_nothing_that_a_client_sends_or_gets_is_logged() {
    // Libraries would log whole requests at this level.
    let stack = Stack::builder().env("AWS_LAMBDA_LOG_LEVEL", "TRACE").start().await.unwrap();
    let mut secrets = succeed(&stack).await;
    fail(&stack).await;
    secrets.extend([CANARY, harness::stack::TEST_SECRET].map(str::to_owned));
    assert!(secrets.iter().all(|secret| secret.len() > 10), "{secrets:?}");
    // A token's parts alone are secrets, too.
    let parts: Vec<String> = secrets
        .iter()
        .filter(|secret| secret.starts_with("eyJ"))
        .flat_map(|token| token.split('.').skip(1).map(str::to_owned))
        .collect();
    assert_eq!(parts.len(), 10);
    secrets.extend(parts);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let mut lines = 0;
    for route in routes::of_auth(&stack) {
        for line in stack.logs(&route.function).unwrap() {
            let parsed: Value = serde_json::from_str(&line).unwrap();
            assert!(parsed.is_object(), "a line was forged: {line}");
            for secret in &secrets {
                assert!(!line.contains(secret.as_str()), "{}: {line}", route.function);
            }
            assert!(!line.contains('\u{1b}') && !line.contains("\\u001b"), "{line}");
            lines += 1;
        }
    }
    assert!(lines > 100, "only {lines} lines were looked at");
}

/// One line for each request, with its id, its status and, for an error, its code.
async fn is_logged_once(stack: &Stack, function: &str, response: &Response) {
    let id = response.field("instance");
    let line = stack.log_line(function, &id).await.unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["request_id"], id.as_str());
    assert_eq!(
        (&line["status"], &line["code"]),
        (&json!(response.status), &json!(response.code()))
    );
    assert!(line["timestamp"].is_string() && line["level"].is_string());
    let lines = stack.logs(function).unwrap();
    assert_eq!(lines.iter().filter(|line| line.contains(&id)).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_65_success_failure_and_rejection_are_logged_with_the_requests_id() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    for (path, body, bearer, function, statuses) in [
        (
            SIGN_IN,
            json!({ "email": user.email, "password": "wrong password" }),
            "",
            "sign-in-email",
            &[401, 401, 401, 401, 401, 429][..],
        ),
        (SIGN_UP, crate::helpers::better_auth::new_user(&user.email), "", "sign-up-email", &[422]),
        ("/api/auth/update-user", json!({ "name": "x" }), "x", "update-user", &[401]),
        (
            "/api/auth/verify-password",
            json!({ "password": "x" }),
            &user.token,
            "verify-password",
            &[400, 400, 400, 400, 400, 429],
        ),
        ("/api/auth/revoke-session", json!({}), &user.token, "revoke-session", &[400]),
    ] {
        for status in statuses {
            let request = post(&stack, path, &body);
            let request = if bearer.is_empty() { request } else { request.bearer(bearer) };
            let response = request.await;
            assert_eq!(response.status, *status, "{path}: {}", response.text());
            is_logged_once(&stack, function, &response).await;
        }
    }
    let foreign = post(&stack, "/api/auth/sign-out", &json!({})).cookie("a", "1").await;
    assert_eq!(foreign.status, 403);
    is_logged_once(&stack, "sign-out", &foreign).await;
    // A success has no id in its body: it is the one line that its function has written.
    for path in ["get-session", "list-sessions", "list-accounts", "token"] {
        let request = user.get(&format!("/api/auth/{path}"));
        assert_eq!(request.await.status, 200);
        let line = stack.log_line(path, "\"status\":200").await.unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert!(line["request_id"].as_str().unwrap().starts_with("gateway-"), "{line}");
        assert_eq!(line["level"], "INFO");
    }
}
