use e2e::links::with_links;
use e2e::{PASSWORD, append, conversation, interaction, routes, sign_in, whole_list};
use futures_util::future::join_all;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;

/// The client does not notice a single fault.
#[tokio::test(flavor = "multi_thread")]
async fn a_single_fault_is_overcome() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let mut appended = 0;
    for effect in [Effect::Throttle, Effect::Reset, Effect::LostResponse, Effect::InternalError] {
        for skip in 0..3 {
            stack.proxy.inject(Rule::new(effect).function("append-message").skip(skip));
            let response = append(&user, 1, "hello").await;
            assert_eq!(response.status, 201, "{effect:?} at call {skip}: {}", response.text());
            appended += 1;
            stack.proxy.clear_faults();
        }
        let (stored, _) =
            whole_list(&user, "/api/conversations/1/messages?limit=50", "messages").await;
        assert_eq!(stored.len(), appended, "{effect:?}: nothing twice, nothing lost");
    }
}

/// A table that stays broken is 503 with `Retry-After`, on every route, and nothing is written.
#[tokio::test(flavor = "multi_thread")]
async fn check_54_a_broken_table_is_503_and_nothing_is_written() {
    for effect in [Effect::Throttle, Effect::Reset, Effect::InternalError] {
        let stack = Stack::start().await;
        let user = stack.sign_up("ada").await;
        conversation(&user).await;
        append(&user, 1, "hello").await;
        let interaction = interaction(&user).await;
        let mut routes = routes::all(&stack, &interaction);
        routes.retain(|route| route.uses_table);
        let routes = with_links(&stack, &user, routes).await;
        let before = stack.engine.all_items().await.unwrap();
        stack.proxy.inject(Rule::new(effect).always());
        let requests = routes.iter().map(|route| route.by(&user, "eve").send());
        let by_role = user.get("/api/conversations/1/messages?role=user").send();
        let responses = join_all(requests.chain([by_role])).await;
        for response in responses {
            let what = format!("{effect:?} {:?}: {}", response.function, response.text());
            assert_eq!(response.status, 503, "{what}");
            assert_eq!(response.header("retry-after"), Some("1"), "{what}");
            let text = response.text().to_lowercase();
            assert!(!text.contains("dynamo") && !text.contains("exception"), "{what}");
        }
        assert_eq!(stack.engine.all_items().await.unwrap(), before);
    }
}

/// Conflicts with other transactions are retried three times; one that stays is 503, never 409.
#[tokio::test(flavor = "multi_thread")]
async fn transaction_conflicts_are_retried_and_then_503() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let mut deleted = 0;
    for (times, status) in [(1, 204), (3, 204), (100, 503)] {
        let id = conversation(&user).await;
        let fault = stack.proxy.inject(
            Rule::new(Effect::TransactionConflict).operation("TransactWriteItems").times(times),
        );
        let path = format!("/api/conversations/{id}");
        let response = user.delete(&path).await;
        assert_eq!(response.status, status, "{times} conflicts");
        assert_eq!(fault.hits(), times.min(4));
        stack.proxy.clear_faults();
        let left = user.get(&path).await.status;
        assert_eq!(left, if status == 204 { 404 } else { 200 });
        deleted += usize::from(status == 204);
        assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), deleted);
    }
    conversation(&user).await;
    stack.proxy.inject(Rule::new(Effect::TransactionConflict).operation("UpdateItem").times(3));
    assert_eq!(append(&user, 3, "hello").await.status, 201);
    stack.proxy.inject(Rule::new(Effect::TransactionConflict).operation("UpdateItem").always());
    assert_eq!(append(&user, 3, "hello").await.status, 503);
}

/// A sign-up makes one account, even if the table's response is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_with_a_lost_response_makes_one_account() {
    let stack = Stack::start().await;
    stack.warm(&["signup"]).await.unwrap();
    stack
        .proxy
        .inject(Rule::new(Effect::LostResponse).function("signup").operation("TransactWriteItems"));
    let user = stack.sign_up("ada").await;
    assert_eq!(stack.engine.count("USER#", "ACCOUNT").await.unwrap(), 1);
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
    let profile = user.get("/api/user/profile").await;
    assert_eq!(profile.status, 200);
}

/// Keys that DynamoDB leaves unprocessed are requested again.
#[tokio::test(flavor = "multi_thread")]
async fn unprocessed_keys_are_read_again() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    stack.proxy.inject(
        Rule::new(Effect::Unprocessed(0))
            .function("get-profile")
            .operation("BatchGetItem")
            .times(2),
    );
    let response = user.get("/api/user/profile").await;
    assert_eq!(response.status, 200);
    stack.proxy.inject(
        Rule::new(Effect::Unprocessed(0))
            .function("get-profile")
            .operation("BatchGetItem")
            .always(),
    );
    let response = user.get("/api/user/profile").await;
    assert_eq!(response.status, 503);
}

/// A function that dies between two of its writes leaves nothing that shows.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_dies_leaves_nothing_half_visible() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    stack.warm(&["append-message"]).await.unwrap();
    for calls in 0..3 {
        let held = stack
            .proxy
            .inject(Rule::new(Effect::HoldBefore).function("append-message").skip(calls));
        let (response, ()) = tokio::join!(append(&user, 1, "hello"), async {
            held.reached(1).await.unwrap();
            stack.runtime.kill("append-message").await.unwrap();
            held.release();
        });
        assert_eq!(response.status, 500, "the gateway's response for a function that died");
        stack.proxy.clear_faults();
        let response = append(&user, 1, "again").await;
        assert_eq!(response.status, 201);
    }
    let (stored, _) = whole_list(&user, "/api/conversations/1/messages", "messages").await;
    // The proxy held the call before it reached the table, but the call may still arrive there.
    let again = stored.iter().filter(|message| message["content"] == "again").count();
    assert_eq!(again, 3);
    let ids = e2e::ids(&stored);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
}

/// Every route that writes, disturbed once at each of its calls: it succeeds, and exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn every_write_overcomes_a_fault_at_each_of_its_calls() {
    let writes = [
        ("signup", 201, 2),
        ("signin", 200, 4),
        ("revoke-session", 200, 2),
        ("revoke-sessions", 200, 2),
        ("revoke-other-sessions", 200, 2),
        ("update-user", 200, 3),
        ("change-password", 200, 3),
        ("verify-password", 200, 3),
        ("put-profile", 200, 2),
        ("archive-profile", 204, 2),
        ("create-conversation", 201, 3),
        ("update-conversation", 200, 2),
        ("delete-conversation", 204, 2),
        ("sign-out", 200, 2),
        ("delete-user", 200, 4),
    ];
    for (function, status, calls) in writes {
        for key in [None, Some("k")] {
            if key.is_some() && function != "create-conversation" {
                continue;
            }
            for effect in [Effect::LostResponse, Effect::Reset, Effect::Throttle] {
                for skip in 0..calls {
                    let what = format!("{effect:?} at call {skip} of {function}");
                    let stack = Stack::start().await;
                    let user = stack.sign_up("ada").await;
                    conversation(&user).await;
                    stack.warm(&[function]).await.unwrap();
                    let before = stack.engine.all_items().await.unwrap().len();
                    let fault = stack.proxy.inject(Rule::new(effect).function(function).skip(skip));
                    let routes = routes::all(&stack, "");
                    let route = routes.iter().find(|route| route.function == function).unwrap();
                    let request = route.by(&user, "eve");
                    let response = request.replace("idempotency-key", key.as_slice()).await;
                    assert_eq!(response.status, status, "{what}: {}", response.text());
                    assert_eq!(fault.hits(), 1, "{what}");
                    let after = stack.engine.all_items().await.unwrap().len();
                    let added = match (function, key) {
                        // One row says that a right password came from this network.
                        ("signup", _) => 5,
                        ("create-conversation", Some(_)) => 2,
                        (
                            "signin"
                            | "change-password"
                            | "verify-password"
                            | "create-conversation"
                            | "delete-conversation",
                            _,
                        ) => 1,
                        ("sign-out", _) => -1,
                        // Of a deleted user, account and credential go, a mark and a job come.
                        _ => 0,
                    };
                    assert_eq!(after.cast_signed() - before.cast_signed(), added, "{what}");
                }
            }
        }
    }
}

/// If the table hardly responds, the client gets a 503 before the gateway gives up.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_hardly_responds_is_503_in_time() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    stack.warm(&["append-message"]).await.unwrap();
    let _held =
        stack.proxy.inject(Rule::new(Effect::HoldBefore).function("append-message").always());
    let response = append(&user, 1, "hello").await;
    assert_eq!((response.status, response.code().as_str()), (503, "SERVICE_UNAVAILABLE"));
    assert_eq!(response.header("retry-after"), Some("1"));
}

/// A request ends before Lambda would end the function, whatever it waits for.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_gives_up_before_its_function_is_ended() {
    let limit = std::time::Duration::from_secs(2);
    let stack = Stack::builder().time_limit("get-profile", limit).start().await.unwrap();
    let user = stack.sign_up("ada").await;
    stack.warm(&["get-profile"]).await.unwrap();
    let _held = stack.proxy.inject(Rule::new(Effect::HoldBefore).function("get-profile").always());
    let response = user.get("/api/user/profile").await;
    assert_eq!(response.status, 503);
    // The SDK's own limit would have come later, and in other words.
    let line = stack.log_line("get-profile", "\"status\":503").await.unwrap();
    assert!(line.contains("\"cause\":\"deadline has elapsed\""), "{line}");
}

/// What only an operator can repair is a 500 and an error in the log. A 503 would ask for a retry.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_call_is_500_and_an_error_in_the_log() {
    let stack = Stack::builder()
        .function_env("get-profile", "TABLE_NAME", "no-such-table")
        .start()
        .await
        .unwrap();
    let user = stack.sign_up("ada").await;
    let response = user.get("/api/user/profile").await;
    assert_eq!((response.status, response.code().as_str()), (500, "INTERNAL_SERVER_ERROR"));
    let line = stack.log_line("get-profile", "\"ERROR\"").await.unwrap();
    assert!(line.contains("ResourceNotFoundException"), "{line}");
}
