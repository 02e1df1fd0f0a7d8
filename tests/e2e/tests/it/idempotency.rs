use e2e::{User, as_user, conversation, id, sign_up, whole_list};
use futures_util::future::join_all;
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::{Answer, Stack};
use serde_json::json;

const MESSAGES: &str = "/api/conversations/1/messages";

async fn append(stack: &Stack, user: &User, key: &str, content: &str) -> Answer {
    let body = json!({ "role": "user", "content": content });
    as_user(stack, user, Method::POST, MESSAGES)
        .header("idempotency-key", key)
        .json(&body)
        .send()
        .await
}

async fn create(stack: &Stack, user: &User, key: &str, title: &str) -> Answer {
    let body = json!({ "title": title });
    as_user(stack, user, Method::POST, "/api/conversations")
        .header("idempotency-key", key)
        .json(&body)
        .send()
        .await
}

async fn stack_with_a_conversation() -> (Stack, User) {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    conversation(&stack, &user).await;
    (stack, user)
}

async fn messages(stack: &Stack, user: &User) -> usize {
    whole_list(stack, user, MESSAGES, "messages").await.0.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_64_the_same_key_gives_the_same_row() {
    let (stack, user) = stack_with_a_conversation().await;
    let first = append(&stack, &user, "k1", "hello").await;
    let again = append(&stack, &user, "k1", "hello").await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    let other = append(&stack, &user, "k2", "hello").await;
    assert_ne!(id(&other), id(&first));
    let reused = append(&stack, &user, "k1", "another text").await;
    assert_eq!((reused.status, reused.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(messages(&stack, &user).await, 2);

    let first = create(&stack, &user, "k1", "A").await;
    let again = create(&stack, &user, "k1", "A").await;
    assert_eq!((first.status, first.json()), (201, again.json()));
    assert_eq!(create(&stack, &user, "k1", "B").await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_checked_and_belong_to_one_user_and_one_conversation() {
    let (stack, user) = stack_with_a_conversation().await;
    for key in ["", "a b", &"k".repeat(256)] {
        let answer = append(&stack, &user, key, "hello").await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "INVALID_HEADER"), "{key:?}");
    }
    let eve = sign_up(&stack, "eve").await;
    conversation(&stack, &eve).await;
    append(&stack, &user, "k", "hello").await;
    assert_eq!(append(&stack, &eve, "k", "something else").await.status, 201);
    conversation(&stack, &user).await;
    let body = json!({ "role": "user", "content": "something else" });
    let elsewhere = as_user(&stack, &user, Method::POST, "/api/conversations/2/messages")
        .header("idempotency-key", "k")
        .json(&body)
        .send()
        .await;
    assert_eq!(elsewhere.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_at_once_makes_one_row() {
    let (stack, user) = stack_with_a_conversation().await;
    for round in 0..5 {
        let key = format!("round-{round}");
        let answers = join_all((0..20).map(|_| append(&stack, &user, &key, "hello"))).await;
        let made = answers.iter().filter(|answer| answer.status == 201);
        let ids: std::collections::BTreeSet<u64> = made.map(id).collect();
        assert!(
            answers.iter().all(|answer| answer.status == 201),
            "{:?}",
            answers.iter().map(|a| a.status).collect::<Vec<_>>()
        );
        assert_eq!(ids.len(), 1);
        assert_eq!(messages(&stack, &user).await, round + 1);
    }
    let answers = join_all((0..20).map(|_| create(&stack, &user, "k", "A"))).await;
    assert!(
        answers.iter().all(|answer| answer.status == 201 && answer.json() == answers[0].json())
    );
    assert_eq!(whole_list(&stack, &user, "/api/conversations", "conversations").await.0.len(), 2);
}

/// Whatever call's reply is lost or reset, trying again with the key leaves one row.
#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_any_fault_makes_one_row() {
    let (stack, user) = stack_with_a_conversation().await;
    let effects = [
        Effect::LostReply,
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
            let mut last = append(&stack, &user, &key, "hello").await;
            let first = last.status;
            assert!([201, 503].contains(&first), "{key}: {first}");
            for _ in 0..8 {
                if last.status == 201 {
                    break;
                }
                assert_eq!(last.header("retry-after"), Some("1"));
                last = append(&stack, &user, &key, "hello").await;
            }
            drop(fault);
            stack.proxy.clear_faults();
            assert_eq!(last.status, 201, "{key}");
            rows += 1;
            assert_eq!(messages(&stack, &user).await, rows, "{key}");
            assert_eq!(append(&stack, &user, &key, "hello").await.json(), last.json(), "{key}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_key_still_in_the_table_counts_no_more() {
    let (stack, user) = stack_with_a_conversation().await;
    let first = append(&stack, &user, "k", "hello").await;
    let pk = format!("USER#{}", user.id);
    let turn = stack.engine.query(&pk, "TURN#").await.unwrap().remove(0);
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    stack
        .engine
        .set(&pk, turn["sk"]["S"].as_str().unwrap(), &[("expires_at", past)])
        .await
        .unwrap();
    let second = append(&stack, &user, "k", "another text").await;
    assert_eq!(second.status, 201);
    assert_ne!(id(&second), id(&first));
}
