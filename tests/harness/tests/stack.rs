//! The whole stack with the real binaries. `cargo build` makes them.

use harness::proxy::{Effect, Rule, round_trips};
use harness::{Method, Stack};
use serde_json::json;
use std::time::Instant;

fn sign_up() -> serde_json::Value {
    json!({
        "email": "ada@example.com",
        "password": "correct horse battery",
        "software_level": "beginner",
        "hardware_background": "robotics",
    })
}

#[tokio::test]
async fn an_account_is_made_and_read() {
    let started = Instant::now();
    let stack = Stack::builder().exact().start().await.unwrap();
    println!("started in {:?}", started.elapsed());
    let response = stack.call(Method::GET, "/api/auth/ok").send().await;
    assert_eq!((response.status, response.json()), (200, json!({"ok": true})));

    let response = stack.call(Method::POST, "/api/auth/signup").json(&sign_up()).send().await;
    assert_eq!(response.status, 201, "{}", response.text());
    let token = response.json()["session_token"].as_str().unwrap().to_owned();

    stack.warm(&["get-profile"]).await.unwrap();
    let response = stack.call(Method::GET, "/api/user/profile").bearer(&token).send().await;
    assert_eq!((response.status, &response.json()["software_level"]), (200, &json!("beginner")));
    let calls = stack.recorder.take();
    assert_eq!(round_trips(&calls), 1);

    let response = stack.call(Method::GET, "/api/user/profile").send().await;
    assert_eq!(response.status, 401);
    let response = stack.call(Method::GET, "/api/nowhere").send().await;
    assert_eq!((response.status, response.json()), (404, json!({"message": "Not Found"})));
}

#[tokio::test]
async fn a_killed_process_is_a_500_and_the_next_request_works() {
    let stack = Stack::start().await;
    stack.warm(&["signup"]).await.unwrap();
    let fault = stack.proxy.inject(Rule::new(Effect::HoldBefore).function("signup"));
    let call = stack.call(Method::POST, "/api/auth/signup").json(&sign_up()).send();
    let kill = async {
        fault.reached(1).await.unwrap();
        stack.runtime.kill("signup").await.unwrap();
    };
    let (response, ()) = tokio::join!(call, kill);
    assert_eq!(
        (response.status, response.json()),
        (500, json!({"message": "Internal Server Error"}))
    );
    stack.proxy.clear_faults();
    let response = stack.call(Method::POST, "/api/auth/signup").json(&sign_up()).send().await;
    assert_eq!(response.status, 201, "{}", response.text());
}

#[tokio::test]
async fn the_table_is_reached_over_tls() {
    let stack = Stack::builder().tls().start().await.unwrap();
    let response = stack.call(Method::POST, "/api/auth/signup").json(&sign_up()).send().await;
    assert_eq!(response.status, 201, "{}", response.text());
    assert!(stack.recorder.take().iter().any(|call| call.function == "signup"));
}
