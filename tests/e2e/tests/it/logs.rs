use e2e::chat::{ask, builder, ui_message};
use e2e::{PASSWORD, append, as_user, conversation, sign_in, sign_up, sign_up_body, text};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::Value;

/// A failure is logged once, with its causes and the id that the client was given.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_logged_once_with_its_cause_and_the_request_id() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    stack.proxy.inject(
        Rule::new(Effect::Throttle).function("get-profile").operation("BatchGetItem").always(),
    );
    let answer = as_user(&stack, &user, Method::GET, "/api/user/profile").send().await;
    assert_eq!(answer.status, 503);
    let instance = text(&answer, "instance");
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
    let stack = builder().start().await.unwrap();
    let user = sign_up(&stack, CANARY).await;
    conversation(&stack, &user).await;
    append(&stack, &user, 1, CANARY).await;
    for body in [
        ui_message(CANARY, CANARY, CANARY),
        ui_message("1", CANARY, &format!("{CANARY} [[fail]]")),
        ui_message("1", CANARY, &format!("{CANARY} [[down]]")),
        ui_message(CANARY, CANARY, &format!("{CANARY} again")),
    ] {
        let request = ask(&stack, &user, &body).header("accept", "text/event-stream");
        request.header("idempotency-key", CANARY).send().await;
        ask(&stack, &user, &body).send().await;
    }
    for (method, what) in [(Method::GET, "stream"), (Method::POST, "stop")] {
        let path = format!("/api/chat/{CANARY}/{what}");
        assert_eq!(as_user(&stack, &user, method, &path).send().await.status, 204);
    }
    sign_in(&stack, &user.email, PASSWORD).await;
    sign_in(&stack, &user.email, CANARY).await;
    let mut body = sign_up_body(&user.email);
    stack.call(Method::POST, "/api/auth/signup").json(&body).send().await;
    body["software_level"] = CANARY.into();
    stack.call(Method::POST, "/api/auth/signup").json(&body).send().await;
    let broken = format!("{{\"{CANARY}\": \"\u{1b}[31m\\n");
    for path in ["/api/auth/signup", "/api/auth/signin"] {
        let request = stack.call(Method::POST, path).header("content-type", "application/json");
        request.body(broken.clone()).send().await;
    }
    let path = format!("/api/conversations?{CANARY}={CANARY}");
    as_user(&stack, &user, Method::GET, &path).send().await;
    stack.call(Method::GET, "/api/user/profile").bearer(CANARY).send().await;
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
