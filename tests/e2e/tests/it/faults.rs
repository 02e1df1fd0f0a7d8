use e2e::{
    PASSWORD, append, as_user, conversation, good_body, sign_in, sign_up, sign_up_body, whole_list,
};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::json;

/// One disturbance is overcome without the client noticing.
#[tokio::test(flavor = "multi_thread")]
async fn a_single_fault_is_overcome() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    conversation(&stack, &user).await;
    let mut appended = 0;
    for effect in [Effect::Throttle, Effect::Reset, Effect::LostReply, Effect::InternalError] {
        for skip in 0..3 {
            stack.proxy.inject(Rule::new(effect).function("append-message").skip(skip));
            let answer = append(&stack, &user, 1, "hello").await;
            assert_eq!(answer.status, 201, "{effect:?} at call {skip}: {}", answer.text());
            appended += 1;
            stack.proxy.clear_faults();
        }
        let (stored, _) =
            whole_list(&stack, &user, "/api/conversations/1/messages?limit=50", "messages").await;
        assert_eq!(stored.len(), appended, "{effect:?}: nothing twice, nothing lost");
    }
}

/// A table that stays broken is 503 with `Retry-After`, on every route, and nothing is written.
#[tokio::test(flavor = "multi_thread")]
async fn check_54_a_broken_table_is_503_and_nothing_is_written() {
    for effect in [Effect::Throttle, Effect::Reset, Effect::InternalError] {
        let stack = Stack::start().await;
        let user = sign_up(&stack, "ada").await;
        conversation(&stack, &user).await;
        append(&stack, &user, 1, "hello").await;
        let before = stack.engine.all_items().await.unwrap();
        stack.proxy.inject(Rule::new(effect).always());
        let background = json!({ "software_level": "advanced", "hardware_background": "none" });
        let title = json!({ "title": "x" });
        let message = json!({ "role": "user", "content": "x" });
        let sign_up = sign_up_body("eve@example.com");
        let sign_in = json!({ "email": user.email, "password": PASSWORD });
        for (method, path, body) in [
            (Method::POST, "/api/auth/signup", Some(&sign_up)),
            (Method::POST, "/api/auth/signin", Some(&sign_in)),
            (Method::POST, "/api/auth/sign-out", None),
            (Method::GET, "/api/user/profile", None),
            (Method::PUT, "/api/user/profile", Some(&background)),
            (Method::DELETE, "/api/user/profile", None),
            (Method::GET, "/api/personalization/context", None),
            (Method::POST, "/api/conversations", Some(&title)),
            (Method::GET, "/api/conversations", None),
            (Method::GET, "/api/conversations/1", None),
            (Method::PATCH, "/api/conversations/1", Some(&title)),
            (Method::DELETE, "/api/conversations/1", None),
            (Method::POST, "/api/conversations/1/messages", Some(&message)),
            (Method::GET, "/api/conversations/1/messages", None),
            (Method::GET, "/api/conversations/1/messages?role=user", None),
        ] {
            let mut request = as_user(&stack, &user, method.clone(), path);
            if let Some(body) = body {
                request = request.json(body);
            }
            let answer = request.send().await;
            assert_eq!(answer.status, 503, "{effect:?} {method} {path}: {}", answer.text());
            assert_eq!(answer.header("retry-after"), Some("1"));
            let text = answer.text().to_lowercase();
            assert!(!text.contains("dynamo") && !text.contains("exception"), "{text}");
        }
        assert_eq!(stack.engine.all_items().await.unwrap(), before);
    }
}

/// Conflicts with other transactions are retried three times; one that stays is 503, never 409.
#[tokio::test(flavor = "multi_thread")]
async fn transaction_conflicts_are_retried_and_then_503() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    let mut deleted = 0;
    for (times, status) in [(1, 204), (3, 204), (100, 503)] {
        let id = conversation(&stack, &user).await;
        let fault = stack.proxy.inject(
            Rule::new(Effect::TransactionConflict).operation("TransactWriteItems").times(times),
        );
        let path = format!("/api/conversations/{id}");
        let answer = as_user(&stack, &user, Method::DELETE, &path).send().await;
        assert_eq!(answer.status, status, "{times} conflicts");
        assert_eq!(fault.hits(), times.min(4));
        stack.proxy.clear_faults();
        let left = as_user(&stack, &user, Method::GET, &path).send().await.status;
        assert_eq!(left, if status == 204 { 404 } else { 200 });
        deleted += usize::from(status == 204);
        assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), deleted);
    }
    conversation(&stack, &user).await;
    stack.proxy.inject(Rule::new(Effect::TransactionConflict).operation("UpdateItem").times(3));
    assert_eq!(append(&stack, &user, 3, "hello").await.status, 201);
    stack.proxy.inject(Rule::new(Effect::TransactionConflict).operation("UpdateItem").always());
    assert_eq!(append(&stack, &user, 3, "hello").await.status, 503);
}

/// A sign-up whose reply is lost on the way from the table has happened once.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_with_a_lost_reply_makes_one_account() {
    let stack = Stack::start().await;
    stack.warm(&["signup"]).await.unwrap();
    stack
        .proxy
        .inject(Rule::new(Effect::LostReply).function("signup").operation("TransactWriteItems"));
    let user = sign_up(&stack, "ada").await;
    assert_eq!(stack.engine.count("USER#", "ACCOUNT").await.unwrap(), 1);
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
    let profile = as_user(&stack, &user, Method::GET, "/api/user/profile").send().await;
    assert_eq!(profile.status, 200);
}

/// Keys that DynamoDB leaves unprocessed are asked for again.
#[tokio::test(flavor = "multi_thread")]
async fn unprocessed_keys_are_read_again() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    stack.proxy.inject(
        Rule::new(Effect::Unprocessed(0))
            .function("get-profile")
            .operation("BatchGetItem")
            .times(2),
    );
    let answer = as_user(&stack, &user, Method::GET, "/api/user/profile").send().await;
    assert_eq!(answer.status, 200);
    stack.proxy.inject(
        Rule::new(Effect::Unprocessed(0))
            .function("get-profile")
            .operation("BatchGetItem")
            .always(),
    );
    let answer = as_user(&stack, &user, Method::GET, "/api/user/profile").send().await;
    assert_eq!(answer.status, 503);
}

/// A function that dies between two of its writes leaves nothing that shows.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_dies_leaves_nothing_half_visible() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    conversation(&stack, &user).await;
    stack.warm(&["append-message"]).await.unwrap();
    for calls in 0..3 {
        let held = stack
            .proxy
            .inject(Rule::new(Effect::HoldBefore).function("append-message").skip(calls));
        let (answer, ()) = tokio::join!(append(&stack, &user, 1, "hello"), async {
            held.reached(1).await.unwrap();
            stack.runtime.kill("append-message").await.unwrap();
            held.release();
        });
        assert_eq!(answer.status, 500, "the gateway's answer for a function that died");
        stack.proxy.clear_faults();
        let answer = append(&stack, &user, 1, "again").await;
        assert_eq!(answer.status, 201);
    }
    let (stored, _) = whole_list(&stack, &user, "/api/conversations/1/messages", "messages").await;
    // A call that was held before it reached the table may have reached it all the same.
    let again = stored.iter().filter(|message| message["content"] == "again").count();
    assert_eq!(again, 3);
    let ids = e2e::ids(&stored);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
}

/// Every route that writes, disturbed once at each of its calls: it succeeds, and exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn every_write_overcomes_a_fault_at_each_of_its_calls() {
    let background = json!({ "software_level": "advanced", "hardware_background": "none" });
    let title = json!({ "title": "renamed" });
    let writes = [
        ("signup", Method::POST, "/api/auth/signup", sign_up_body("eve@example.com"), 201, 2),
        (
            "signin",
            Method::POST,
            "/api/auth/signin",
            json!({ "email": "ada@example.com", "password": PASSWORD }),
            200,
            4,
        ),
        (
            "revoke-session",
            Method::POST,
            "/api/auth/revoke-session",
            good_body("revoke-session"),
            200,
            2,
        ),
        ("revoke-sessions", Method::POST, "/api/auth/revoke-sessions", json!(null), 200, 2),
        (
            "revoke-other-sessions",
            Method::POST,
            "/api/auth/revoke-other-sessions",
            json!(null),
            200,
            2,
        ),
        ("update-user", Method::POST, "/api/auth/update-user", good_body("update-user"), 200, 3),
        (
            "change-password",
            Method::POST,
            "/api/auth/change-password",
            good_body("change-password"),
            200,
            3,
        ),
        (
            "verify-password",
            Method::POST,
            "/api/auth/verify-password",
            good_body("verify-password"),
            200,
            3,
        ),
        ("put-profile", Method::PUT, "/api/user/profile", background, 200, 2),
        ("archive-profile", Method::DELETE, "/api/user/profile", json!(null), 204, 2),
        ("create-conversation", Method::POST, "/api/conversations", title.clone(), 201, 3),
        ("rename-conversation", Method::PATCH, "/api/conversations/1", title, 200, 2),
        ("delete-conversation", Method::DELETE, "/api/conversations/1", json!(null), 204, 2),
        ("sign-out", Method::POST, "/api/auth/sign-out", json!(null), 200, 2),
    ];
    for (function, method, path, body, status, calls) in writes {
        for key in [None, Some("k")] {
            if key.is_some() && function != "create-conversation" {
                continue;
            }
            for effect in [Effect::LostReply, Effect::Reset, Effect::Throttle] {
                for skip in 0..calls {
                    let what = format!("{effect:?} at call {skip} of {function}");
                    let stack = Stack::start().await;
                    let user = sign_up(&stack, "ada").await;
                    conversation(&stack, &user).await;
                    stack.warm(&[function]).await.unwrap();
                    let before = stack.engine.all_items().await.unwrap().len();
                    let fault = stack.proxy.inject(Rule::new(effect).function(function).skip(skip));
                    let mut request = as_user(&stack, &user, method.clone(), path);
                    if let Some(key) = key {
                        request = request.header("idempotency-key", key);
                    }
                    if !body.is_null() {
                        request = request.json(&body);
                    }
                    let answer = request.send().await;
                    assert_eq!(answer.status, status, "{what}: {}", answer.text());
                    assert_eq!(fault.hits(), 1, "{what}");
                    let after = stack.engine.all_items().await.unwrap().len();
                    let added = match (function, key) {
                        ("signup", _) => 4,
                        // The session, and the count of the address's attempts.
                        ("signin", _) | ("create-conversation", Some(_)) => 2,
                        ("create-conversation" | "delete-conversation", _) => 1,
                        ("sign-out", _) => -1,
                        _ => 0,
                    };
                    assert_eq!(after.cast_signed() - before.cast_signed(), added, "{what}");
                }
            }
        }
    }
}

/// A table that hardly answers is 503 before the gateway gives up, and not silence.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_hardly_answers_is_503_in_time() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    conversation(&stack, &user).await;
    stack.warm(&["append-message"]).await.unwrap();
    let _held =
        stack.proxy.inject(Rule::new(Effect::HoldBefore).function("append-message").always());
    let answer = append(&stack, &user, 1, "hello").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "SERVICE_UNAVAILABLE"));
    assert_eq!(answer.header("retry-after"), Some("1"));
}

/// A request ends before Lambda would end the function, whatever it waits for.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_gives_up_before_its_function_is_ended() {
    let limit = std::time::Duration::from_secs(2);
    let stack = Stack::builder().time_limit(limit).start().await.unwrap();
    let user = sign_up(&stack, "ada").await;
    stack.warm(&["get-profile"]).await.unwrap();
    let _held = stack.proxy.inject(Rule::new(Effect::HoldBefore).function("get-profile").always());
    let answer = as_user(&stack, &user, Method::GET, "/api/user/profile").send().await;
    assert_eq!(answer.status, 503);
    // The SDK's own limit would have come later, and in other words.
    let line = stack.log_line("get-profile", "\"status\":503").await.unwrap();
    assert!(line.contains("\"cause\":\"deadline has elapsed\""), "{line}");
}

/// What only an operator can mend is 500 and an error in the log, not a 503 to be tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_call_is_500_and_an_error_in_the_log() {
    let stack = Stack::builder()
        .function_env("get-profile", "TABLE_NAME", "no-such-table")
        .start()
        .await
        .unwrap();
    let user = sign_up(&stack, "ada").await;
    let answer = as_user(&stack, &user, Method::GET, "/api/user/profile").send().await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "INTERNAL_SERVER_ERROR"));
    let line = stack.log_line("get-profile", "\"ERROR\"").await.unwrap();
    assert!(line.contains("ResourceNotFoundException"), "{line}");
}
