//! What the log says of a request, of a turn and of work in the background.

use e2e::chat::{ask, builder, ui_message};
use e2e::{conversation, in_days, job_of, sign_in};
use harness::outbox::MailFault;
use harness::proxy::{Effect, Rule};
use harness::stack::{Response, Stack};
use serde_json::{Value, json};

use crate::helpers::mails::{job, records};

const PROFILE: &str = "/api/user/profile";

/// The lines of a function that contain a text, once there are `count` of them.
async fn lines(stack: &Stack, function: &str, text: &str, count: usize) -> Vec<Value> {
    for _ in 0..1000 {
        let lines = stack.logs(function).unwrap();
        let lines: Vec<_> = lines.iter().filter(|line| line.contains(text)).collect();
        if lines.len() >= count {
            return lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{function} has not logged {text:?}: {:#?}", stack.logs(function));
}

async fn line(stack: &Stack, function: &str, text: &str) -> Value {
    lines(stack, function, text, 1).await.remove(0)
}

/// The line of the request that got this problem.
async fn line_of(stack: &Stack, function: &str, response: &Response) -> Value {
    let code = format!("\"code\":\"{}\"", response.code());
    let line = line(stack, function, &code).await;
    assert_eq!(line["request_id"], response.field("instance").as_str());
    line
}

/// The line is in CloudWatch's embedded metric format, and counts this metric and no other.
fn assert_metric(line: &Value, metric: &str, unit: &str, value: f64) {
    assert_eq!(line[metric].as_f64(), Some(value), "{line}");
    let directive = json!([{
        "Namespace": "Tessera",
        "Dimensions": [["stack"]],
        "Metrics": [{ "Name": metric, "Unit": unit }],
    }]);
    assert_eq!(line["_aws"]["CloudWatchMetrics"], directive, "{line}");
    let milliseconds = line["_aws"]["Timestamp"].as_i64().unwrap();
    assert!((1_700_000_000_000..10_000_000_000_000).contains(&milliseconds), "{line}");
    assert!(line["stack"].as_str().is_some_and(|stack| !stack.is_empty()), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_of_a_request_says_which_it_was_and_what_it_took() {
    let stack = Stack::builder().concurrency(1).start().await.unwrap();
    let user = stack.sign_up("ada").await;
    for _ in 0..2 {
        assert_eq!(user.get(PROFILE).await.status, 200);
    }
    let found = lines(&stack, "get-profile", "\"status\":200", 2).await;
    for (line, is_first) in found.iter().zip([true, false]) {
        assert_eq!(line["level"], "INFO");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
        assert!(line["request_id"].as_str().unwrap().starts_with("gateway-"), "{line}");
        // As Lambda writes it into its own lines.
        assert_eq!(line["lambda_id"].as_str().unwrap().len(), 36, "{line}");
        assert_eq!(line["function"], "tessera-get-profile");
        assert_eq!(line["route"], "GET /api/user/profile");
        assert_eq!((&line["status"], &line["cold"]), (&json!(200), &json!(is_first)));
        assert!(line["ms"].as_u64().unwrap() < 15_000, "{line}");
        assert_eq!((&line["calls"], &line["retries"]), (&json!(1), &json!(0)));
        assert_eq!(line["units"].as_f64(), Some(3.0), "session, account and profile: {line}");
        assert!(line.to_string().len() < 400, "docs/operating.md says what that costs: {line}");
        for absent in ["code", "cause", "_aws", "stack", "interaction_id"] {
            assert!(line.get(absent).is_none(), "{absent}: {line}");
        }
    }
    let ids = |name: &str| (found[0][name].clone(), found[1][name].clone());
    for (first, second) in [ids("request_id"), ids("lambda_id")] {
        assert_ne!(first, second);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_and_what_writes_consume_are_counted() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    stack.proxy.inject(
        Rule::new(Effect::Throttle).function("get-profile").operation("BatchGetItem").times(1),
    );
    assert_eq!(user.get(PROFILE).await.status, 200);
    let found = line(&stack, "get-profile", "\"status\":200").await;
    assert_eq!((&found["calls"], &found["retries"]), (&json!(1), &json!(1)), "{found}");
    stack.warm(&["create-conversation"]).await.unwrap();
    conversation(&user).await;
    let calls = stack.recorder.take();
    let units: f64 = calls.iter().map(|call| call.read_units + call.write_units).sum();
    let found = line(&stack, "create-conversation", "\"status\":201").await;
    assert_eq!(found["calls"], json!(calls.len()), "{found}");
    assert_eq!(found["units"].as_f64(), Some(units), "{found}");
    assert!(units > 3.0);
}

/// A path may contain a secret; its route does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_logged_without_its_parameters() {
    let stack = Stack::start().await;
    let secret = "aaaabbbbccccdddd.eeeeffffgggghhhh";
    stack.get(&format!("/api/auth/reset-password/{secret}?callbackURL=%2F{secret}")).await;
    let found = line(&stack, "open-reset-link", "\"status\"").await;
    assert_eq!(found["route"], "GET /api/auth/reset-password/{token}");
    assert!(!found.to_string().contains(secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_a_turn_have_both_ids_and_its_tokens() {
    let stack = builder().start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let streamed = ask(&user, &ui_message("a", "b", "Hello")).await;
    let whole = ask(&user, &json!({ "message": "Hello again" })).await;
    assert_eq!((streamed.status, whole.status), (200, 200));
    let found = lines(&stack, "chat", "\"interaction_id\"", 4).await;
    assert_eq!(found.len(), 4, "{found:#?}");
    let id = whole.field("interaction_id");
    let (of_whole, of_streamed): (Vec<_>, Vec<_>) =
        found.iter().partition(|line| line["interaction_id"] == id.as_str());
    for (pair, streams) in [(of_whole, false), (of_streamed, true)] {
        let [turn, request] = pair[..] else { panic!("{found:#?}") };
        for name in ["request_id", "lambda_id", "function", "interaction_id"] {
            assert_eq!(turn[name], request[name], "{name}");
        }
        assert_eq!((&request["route"], &turn["route"]), (&json!("POST /api/chat"), &Value::Null));
        let tokens =
            turn["input_tokens"].as_f64().unwrap() + turn["output_tokens"].as_f64().unwrap();
        assert_metric(turn, "tokens", "Count", tokens);
        assert!(turn["ms"].is_u64() && turn["estimated"].is_boolean(), "{turn}");
        // Opening and closing are both counted: the line is written at the end of the stream.
        assert!(request["units"].as_f64().unwrap() > 20.0, "{request}");
        assert_eq!(request["head_ms"].is_u64(), streams, "{request}");
        assert!(request.get("_aws").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_the_assistant_and_of_sign_ins_are_metrics() {
    let stack = builder().start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let failed = ask(&user, &json!({ "message": "[[down]]" })).await;
    assert_eq!(failed.status, 503);
    let found = line_of(&stack, "chat", &failed).await;
    assert_metric(&found, "assistant_failures", "Count", 1.0);
    // The head was sent with 200, so only the log says that the stream broke.
    ask(&user, &ui_message("a", "b", "one two three [[fail]]")).await;
    let broken = lines(&stack, "chat", "\"assistant_failures\"", 2).await.remove(1);
    assert_metric(&broken, "assistant_failures", "Count", 1.0);
    assert_eq!((&broken["status"], &broken["level"]), (&json!(503), &json!("WARN")));
    assert_eq!(broken["code"], "ASSISTANT_UNAVAILABLE");
    let wrong = sign_in(&stack, &user.email, "not the password").await;
    let found = line_of(&stack, "signin", &wrong).await;
    assert_metric(&found, "failed_sign_ins", "Count", 1.0);
    let right = sign_in(&stack, &user.email, e2e::PASSWORD).await;
    assert_eq!(right.status, 200);
    let found = line(&stack, "signin", "\"status\":200").await;
    assert!(found.get("_aws").is_none(), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn background_functions_log_what_they_did_and_how_late_they_are() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    assert_eq!(user.delete("/api/conversations/1").await.status, 204);
    let three_days_ago = json!({ "S": in_days(-3) });
    let sk = job_of(&stack, &user).await;
    stack.engine.set("SWEEPS", &sk, &[("created_at", three_days_ago)]).await.unwrap();
    for (jobs, age) in [(1, 3.0 * 86_400.0), (0, 0.0)] {
        stack.invoke("sweep", &json!({ "source": "aws.events" })).await.unwrap();
        let found = line(&stack, "sweep", &format!("\"jobs\":{jobs}")).await;
        assert_eq!(found["function"], "tessera-sweep");
        assert_eq!(found["lambda_id"].as_str().unwrap().len(), 36);
        for absent in ["request_id", "route", "status"] {
            assert!(found.get(absent).is_none(), "{absent}: {found}");
        }
        // DynamoDB Local counts nothing for a query that finds nothing.
        let found_some = jobs > 0 || e2e::counts_units();
        assert_eq!(found["units"].as_f64().unwrap() > 0.0, found_some, "of jobs, too: {found}");
        let late = found["sweep_age"].as_f64().unwrap() - age;
        assert!((0.0..600.0).contains(&late), "{found}");
        assert_metric(&found, "sweep_age", "Seconds", age + late);
    }
    // It can't be sent, and waits.
    job(&stack, "reset_password", &user.email, None).await;
    stack.outbox.fail(MailFault::Reject("MessageRejected"), 1);
    stack.deliver_stream().await.unwrap();
    let found = line(&stack, "send-mail", "\"mail_age\"").await;
    let age = found["mail_age"].as_f64().unwrap();
    assert_metric(&found, "mail_age", "Seconds", age);
    stack.invoke("send-mail", &records(&[])).await.unwrap();
    let found = lines(&stack, "send-mail", "\"mail_age\"", 2).await.remove(1);
    assert_metric(&found, "mail_age", "Seconds", 0.0);
}

/// Lambda sets the variable from the parameter LogLevel.
#[tokio::test(flavor = "multi_thread")]
async fn the_level_decides_which_lines_are_written() {
    for (level, successes, calls) in
        [("WARN", 0, 0), ("INFO", 1, 0), ("DEBUG", 1, 1), ("TRACE", 1, 1)]
    {
        let builder = Stack::builder().env("AWS_LAMBDA_LOG_LEVEL", level);
        let stack = builder.start().await.unwrap();
        let user = stack.sign_up("ada").await;
        assert_eq!(user.get(PROFILE).await.status, 200);
        let fault = stack.proxy.inject(
            Rule::new(Effect::Throttle).function("get-profile").operation("BatchGetItem").always(),
        );
        let failed = user.get(PROFILE).await;
        drop(fault);
        assert_eq!(failed.status, 503);
        let found = line(&stack, "get-profile", "\"status\":503").await;
        assert_eq!((&found["level"], &found["retries"]), (&json!("WARN"), &json!(2)), "{level}");
        let written = stack.logs("get-profile").unwrap();
        let count = |text: &str| written.iter().filter(|line| line.contains(text)).count();
        assert_eq!(count("\"status\":200"), successes, "{level}: {written:#?}");
        let found = count("\"operation\":");
        assert_eq!(found.min(1), calls, "{level}: {written:#?}");
        assert_eq!(count("\"DEBUG\""), found, "only our own lines: {written:#?}");
        assert_eq!(count("\"TRACE\""), 0);
    }
}
