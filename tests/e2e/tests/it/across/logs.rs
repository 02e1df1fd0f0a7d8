use e2e::chat::{ask, builder, ui_message};
use e2e::{PASSWORD, append, conversation, sign_in, sign_up_body};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::Value;

/// A failure is logged once, with its causes and the id that the client was given.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_logged_once_with_its_cause_and_the_request_id() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    stack.proxy.inject(
        Rule::new(Effect::Throttle).function("get-profile").operation("BatchGetItem").always(),
    );
    let response = user.get("/api/user/profile").await;
    assert_eq!(response.status, 503);
    let instance = response.field("instance");
    let line = stack.log_line("get-profile", &instance).await.unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&line["level"], &line["status"], &line["code"]),
        (&"WARN".into(), &503.into(), &"SERVICE_UNAVAILABLE".into())
    );
    assert!(line["cause"].as_str().unwrap().contains("ProvisionedThroughputExceeded"), "{line}");
    let lines = stack.logs("get-profile").unwrap();
    assert_eq!(lines.iter().filter(|line| line.contains(&instance)).count(), 1);
}

/// Canaries in every place where a client's text can come: none is ever logged.
#[tokio::test(flavor = "multi_thread")]
async fn check_65_no_secret_and_no_text_of_a_user_is_logged() {
    const CANARY: &str = "canary-7f3a";
    // Libraries would log whole requests at this level.
    let stack = builder().env("AWS_LAMBDA_LOG_LEVEL", "TRACE").start().await.unwrap();
    let user = stack.sign_up(CANARY).await;
    conversation(&user).await;
    append(&user, 1, CANARY).await;
    for body in [
        ui_message(CANARY, CANARY, CANARY),
        ui_message("1", CANARY, &format!("{CANARY} [[fail]]")),
        ui_message("1", CANARY, &format!("{CANARY} [[down]]")),
        ui_message(CANARY, CANARY, &format!("{CANARY} again")),
    ] {
        let request = ask(&user, &body).header("accept", "text/event-stream");
        request.header("idempotency-key", CANARY).await;
        ask(&user, &body).await;
    }
    for (method, what) in [(Method::GET, "stream"), (Method::POST, "stop")] {
        let path = format!("/api/chat/{CANARY}/{what}");
        assert_eq!(user.call(method, &path).await.status, 204);
    }
    sign_in(&stack, &user.email, PASSWORD).await;
    sign_in(&stack, &user.email, CANARY).await;
    let mut body = sign_up_body(&user.email);
    stack.post("/api/auth/signup").json(&body).await;
    body["software_level"] = CANARY.into();
    stack.post("/api/auth/signup").json(&body).await;
    let broken = format!("{{\"{CANARY}\": \"\u{1b}[31m\\n");
    for path in ["/api/auth/signup", "/api/auth/signin"] {
        let request = stack.post(path).header("content-type", "application/json");
        request.body(broken.clone()).await;
    }
    let path = format!("/api/conversations?{CANARY}={CANARY}");
    user.get(&path).await;
    stack.get("/api/user/profile").bearer(CANARY).await;
    let mut lines = 0;
    for function in &stack.template.functions {
        for line in stack.logs(&function.name).unwrap() {
            assert!(serde_json::from_str::<Value>(&line).is_ok(), "not JSON: {line}");
            for secret in [CANARY, PASSWORD, &user.token, harness::stack::TEST_SECRET] {
                assert!(!line.contains(secret), "{}: {line}", function.name);
            }
            lines += 1;
        }
    }
    assert!(lines >= 8, "only {lines} lines were looked at");
}
