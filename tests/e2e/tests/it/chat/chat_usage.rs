//! What a turn used counts, whatever becomes of its reply and of its conversation.

use e2e::User;
use e2e::chat::{SLOW, Said, ask, scene, stored, ui_message};
use e2e::endpoint::{Endpoint, Manner};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::quotas::{EXPECTED, Used, running_turn, settled, tokens, used, used_by_all};

const QUESTION: &str = "How does a servo hold its position?";

/// Each reply is one that nobody sees, and has taken 11 + 30 tokens.
const UNSEEN: [&[&str]; 3] = [
    &[
        "{\"choices\":[{\"delta\":{\"content\":\"\\u200b\\u200d\\u2060\"},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":30}}",
        "[DONE]",
    ],
    &[
        "{\"choices\":[{\"delta\":{\"reasoning_content\":\"Well, a servo\"}}]}",
        "{\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}",
        "{\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":30}}",
        "[DONE]",
    ],
    &[
        "{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":30}}",
        "[DONE]",
    ],
];

/// Twenty characters of Chinese, half a second apart.
const CHINESE: &[&str] =
    &[r#"{"choices":[{"delta":{"content":"\u4f60\u597d\u4e16\u754c\u4f60"}}]}"#; 20];

async fn with_endpoint() -> (Endpoint, Stack, User) {
    with_endpoint_and("ASSISTANT_TOTAL_SECONDS", "120").await
}

async fn with_endpoint_and(name: &str, value: &str) -> (Endpoint, Stack, User) {
    let endpoint = Endpoint::start().await.unwrap();
    let stack = Stack::builder()
        .parameter("Assistant", "openai")
        .parameter("AssistantModel", "a-model")
        .parameter("OpenAiBaseUrl", &endpoint.url)
        .env(name, value);
    let stack = stack.start().await.unwrap();
    let user = stack.sign_up("ada").await;
    (endpoint, stack, user)
}

/// The tokens that the slow turn's prompt takes, and all of its tokens.
async fn slow_turn(stack: &Stack) -> (u64, u64) {
    let eve = stack.sign_up("eve").await;
    let usage = ask(&eve, &json!({ "message": SLOW })).await.json()["usage"].clone();
    (usage["input_tokens"].as_u64().unwrap(), tokens(&usage))
}

#[tokio::test(flavor = "multi_thread")]
async fn m1_a_reply_that_nobody_sees_is_counted_and_not_asked_again() {
    let (endpoint, stack, user) = with_endpoint().await;
    for (before, events) in (0..).zip(UNSEEN) {
        endpoint.behaves(Manner::Streams(events));
        let response = ask(&user, &json!({ "message": QUESTION })).await;
        assert_eq!((response.status, response.code().as_str()), (503, "ASSISTANT_UNAVAILABLE"));
        let count = before + 1;
        assert_eq!(endpoint.requests(), usize::try_from(count).unwrap(), "called once");
        let expected = Used { messages: count, tokens: count * 41, open_runs: 0 };
        assert_eq!(used(&stack, &user).await, expected, "{events:?}");
        assert_eq!(used_by_all(&stack).await, (count * 41, count * 41));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m1_what_nobody_can_bill_is_given_back() {
    let (endpoint, stack, user) = with_endpoint().await;
    let nothing = Used { messages: 0, tokens: 0, open_runs: 0 };
    endpoint.behaves(Manner::Refuses);
    assert_eq!(ask(&user, &json!({ "message": QUESTION })).await.status, 503);
    assert_eq!(used(&stack, &user).await, nothing);
    drop(endpoint);
    assert_eq!(ask(&user, &json!({ "message": QUESTION })).await.status, 503);
    assert_eq!(used(&stack, &user).await, nothing);
    assert_eq!(used_by_all(&stack).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn m1_a_reply_that_breaks_off_counts_as_far_as_it_came() {
    let (endpoint, stack, user) = with_endpoint().await;
    for (before, manner) in (0..).zip([Manner::BreaksOff, Manner::GivesUp]) {
        endpoint.behaves(manner);
        assert_eq!(ask(&user, &json!({ "message": QUESTION })).await.status, 503);
        assert_eq!(endpoint.requests(), before + 1, "what was paid for is not requested again");
    }
    let now = used(&stack, &user).await;
    assert_eq!((now.messages, now.open_runs), (2, 0));
    assert!(now.tokens > 2 * 10, "{now:?}");
    assert!(now.tokens < EXPECTED, "{now:?}");
    assert_eq!(used_by_all(&stack).await.0, now.tokens);
}

#[tokio::test(flavor = "multi_thread")]
async fn m2_a_reply_that_takes_too_long_counts_as_far_as_it_came() {
    let (endpoint, stack, user) = with_endpoint_and("ASSISTANT_TOTAL_SECONDS", "2").await;
    endpoint.behaves(Manner::Slowly);
    assert_eq!(ask(&user, &json!({ "message": QUESTION })).await.status, 503);
    let now = used(&stack, &user).await;
    assert_eq!((now.messages, now.open_runs), (1, 0));
    assert!((20..EXPECTED).contains(&now.tokens), "{now:?}");
    assert_eq!(used_by_all(&stack).await.0, now.tokens);
}

#[tokio::test(flavor = "multi_thread")]
async fn m2_deleting_the_conversation_evades_nothing() {
    let (stack, user) = scene().await;
    let (prompt, whole) = slow_turn(&stack).await;
    let before = used_by_all(&stack).await.0;
    let running = running_turn(&user, "c").await;
    assert_eq!(used(&stack, &user).await.tokens, prompt + EXPECTED, "while it runs");
    assert_eq!(user.delete("/api/conversations/1").await.status, 204);
    let said = Said::whole(running).await;
    assert_eq!(said.types().last(), Some(&"error"));
    let now = settled(&stack, &user).await;
    assert_eq!(now.messages, 1);
    let received = u64::try_from(said.text.len()).unwrap() / 4;
    assert!((prompt + received..=whole).contains(&now.tokens), "{now:?}: {said:?}");
    assert_eq!(used_by_all(&stack).await.0 - before, now.tokens);
}

/// Its function was frozen for longer than its lease, say, and another run has begun.
#[tokio::test(flavor = "multi_thread")]
async fn m2_a_run_that_lost_its_lease_counts_as_well_as_the_next() {
    let (stack, user) = scene().await;
    let (prompt, whole) = slow_turn(&stack).await;
    let first = running_turn(&user, "c").await;
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    let (pk, sk) = (format!("USER#{}", user.id), format!("CONVERSATION#{:016}", 1));
    // The first run renews its lease once a second: the next one must begin in between.
    let mut second = Value::Null;
    for _ in 0..20 {
        stack.engine.set(&pk, &sk, &[("turn_until", past.clone())]).await.unwrap();
        let response = ask(&user, &json!({ "conversation_id": 1, "message": "next" })).await;
        if response.status == 200 {
            second = response.json();
            break;
        }
    }
    let first = Said::whole(first).await;
    assert_eq!(first.types().last(), Some(&"error"), "{first:?}");
    let second = tokens(&second["usage"]);
    let now = settled(&stack, &user).await;
    assert_eq!(now.messages, 2);
    assert!((prompt + second + 1..=whole + second).contains(&now.tokens), "{now:?} {second}");
}

#[tokio::test(flavor = "multi_thread")]
async fn m2_a_stopped_reply_in_chinese_counts_its_characters() {
    let (endpoint, stack, user) = with_endpoint().await;
    endpoint.behaves(Manner::Streams(CHINESE));
    let mut running = ask(&user, &ui_message("c", "a", QUESTION)).stream().await;
    while Said::of(&complete(&running.text())).text.chars().count() < 20 {
        running.next().await.unwrap();
    }
    assert_eq!(user.post("/api/chat/c/stop").await.status, 204);
    let said = Said::whole(running).await;
    assert_eq!(said.value("/finishReason"), "stop");
    let usage = said.value("/messageMetadata/usage");
    let characters = u64::try_from(said.text.chars().count()).unwrap();
    let written = usage["output_tokens"].as_u64().unwrap();
    // What the model had sent and we had not yet read when it stopped counts, too.
    assert!((characters..characters + 20).contains(&written), "{written} for {characters}");
    assert_eq!(used(&stack, &user).await.tokens, tokens(&usage));
    assert_eq!(stored(&user, 1).await[1].2, said.text);
}

/// The events of a stream that have come whole.
fn complete(stream: &str) -> String {
    stream.rfind("\n\n").map_or(String::new(), |end| stream[..end + 2].to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn m2_a_client_that_hangs_up_is_counted() {
    let (stack, user) = scene().await;
    let (_, whole) = slow_turn(&stack).await;
    drop(running_turn(&user, "c").await);
    let now = settled(&stack, &user).await;
    assert_eq!(now, Used { messages: 1, tokens: whole, open_runs: 0 });
}
