use e2e::{User, conversation, id, whole_list};
use futures_util::future::join_all;
use harness::proxy::{Effect, Rule};
use harness::stack::{Response, Stack};
use serde_json::json;

const MESSAGES: &str = "/api/conversations/1/messages";

async fn append(user: &User, key: &str, content: &str) -> Response {
    let body = json!({ "role": "user", "content": content });
    user.post(MESSAGES).header("idempotency-key", key).json(&body).await
}

async fn create(user: &User, key: &str, title: &str) -> Response {
    let body = json!({ "title": title });
    user.post("/api/conversations").header("idempotency-key", key).json(&body).await
}

async fn stack_with_a_conversation() -> (Stack, User) {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    (stack, user)
}

async fn messages(user: &User) -> usize {
    whole_list(user, MESSAGES, "messages").await.0.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_64_the_same_key_gives_the_same_row() {
    let (_stack, user) = stack_with_a_conversation().await;
    let first = append(&user, "k1", "hello").await;
    let again = append(&user, "k1", "hello").await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    let other = append(&user, "k2", "hello").await;
    assert_ne!(id(&other), id(&first));
    let reused = append(&user, "k1", "another text").await;
    assert_eq!((reused.status, reused.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(messages(&user).await, 2);

    let first = create(&user, "k1", "A").await;
    let again = create(&user, "k1", "A").await;
    assert_eq!((first.status, first.json()), (201, again.json()));
    assert_eq!(create(&user, "k1", "B").await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_checked_and_belong_to_one_user_and_one_conversation() {
    let (stack, user) = stack_with_a_conversation().await;
    for key in ["", "a b", &"k".repeat(256)] {
        let response = append(&user, key, "hello").await;
        assert_eq!((response.status, response.code().as_str()), (400, "INVALID_HEADER"), "{key:?}");
    }
    let eve = stack.sign_up("eve").await;
    conversation(&eve).await;
    append(&user, "k", "hello").await;
    assert_eq!(append(&eve, "k", "something else").await.status, 201);
    conversation(&user).await;
    let body = json!({ "role": "user", "content": "something else" });
    let elsewhere =
        user.post("/api/conversations/2/messages").header("idempotency-key", "k").json(&body).await;
    assert_eq!(elsewhere.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_at_once_makes_one_row() {
    let (_stack, user) = stack_with_a_conversation().await;
    for round in 0..5 {
        let key = format!("round-{round}");
        let responses = join_all((0..20).map(|_| append(&user, &key, "hello"))).await;
        let made = responses.iter().filter(|response| response.status == 201);
        let ids: std::collections::BTreeSet<u64> = made.map(id).collect();
        assert!(
            responses.iter().all(|response| response.status == 201),
            "{:?}",
            responses.iter().map(|a| a.status).collect::<Vec<_>>()
        );
        assert_eq!(ids.len(), 1);
        assert_eq!(messages(&user).await, round + 1);
    }
    let responses = join_all((0..20).map(|_| create(&user, "k", "A"))).await;
    assert!(
        responses
            .iter()
            .all(|response| response.status == 201 && response.json() == responses[0].json())
    );
    assert_eq!(whole_list(&user, "/api/conversations", "conversations").await.0.len(), 2);
}

/// If any call is reset or its response is lost, a retry with the same key leaves one row.
#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_any_fault_makes_one_row() {
    let (stack, user) = stack_with_a_conversation().await;
    let effects = [
        Effect::LostResponse,
        Effect::Reset,
        Effect::Throttle,
        Effect::TransactionConflict,
        Effect::InternalError,
    ];
    let mut rows = 0;
    for effect in effects {
        for skip in 0..3 {
            // Enough to use up the SDK's retries, so that the client has to try again itself.
            let fault = stack
                .proxy
                .inject(Rule::new(effect).function("append-message").skip(skip).times(4));
            let key = format!("{effect:?}-{skip}");
            let mut last = append(&user, &key, "hello").await;
            let first = last.status;
            assert!([201, 503].contains(&first), "{key}: {first}");
            for _ in 0..8 {
                if last.status == 201 {
                    break;
                }
                assert_eq!(last.header("retry-after"), Some("1"));
                last = append(&user, &key, "hello").await;
            }
            drop(fault);
            stack.proxy.clear_faults();
            assert_eq!(last.status, 201, "{key}");
            rows += 1;
            assert_eq!(messages(&user).await, rows, "{key}");
            assert_eq!(append(&user, &key, "hello").await.json(), last.json(), "{key}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_key_still_in_the_table_counts_no_more() {
    let (stack, user) = stack_with_a_conversation().await;
    let first = append(&user, "k", "hello").await;
    let pk = format!("USER#{}", user.id);
    let turn = stack.engine.query(&pk, "TURN#").await.unwrap().remove(0);
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    stack
        .engine
        .set(&pk, turn["sk"]["S"].as_str().unwrap(), &[("expires_at", past)])
        .await
        .unwrap();
    let second = append(&user, "k", "another text").await;
    assert_eq!(second.status, 201);
    assert_ne!(id(&second), id(&first));
}
