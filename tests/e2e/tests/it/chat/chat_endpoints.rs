//! What OpenAI-compatible endpoints send, and what a client gets of it. The table of quirks is in
//! `shared/src/assistant/openai/tests/quirks`; these go through the whole function.

use e2e::chat::{Said, ask, scene_with, stored, ui_message};
use e2e::endpoint::Manner;
use e2e::{User, conversation};
use serde_json::json;

const QUESTION: &str = "How does a servo hold its position?";
const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// The text of a turn in a new conversation, as it was streamed; it is stored like that.
async fn reply(user: &User) -> String {
    let id = conversation(user).await;
    let response = ask(user, &ui_message(&id.to_string(), "m", QUESTION)).stream().await;
    let said = Said::whole(response).await;
    assert!(said.done && said.types().last() == Some(&"finish"), "{said:?}");
    assert_eq!(stored(user, id).await[1].2, said.text);
    said.text
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_an_empty_reason_does_not_end_a_reply() {
    let (endpoint, _stack, user) = scene_with(Manner::Sends(&[
        (0, HEAD),
        (
            0,
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hello \"},\"finish_reason\":\"\"}]}\n\n",
        ),
        (
            1_300,
            "data: {\"choices\":[{\"delta\":{\"content\":\"there.\"},\"finish_reason\":\"\"}]}\n\n",
        ),
        (
            1_300,
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ),
    ]))
    .await;
    assert_eq!(reply(&user).await, "Hello there.");
    assert_eq!(endpoint.requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn e2_e4_head_comments_and_usage_are_life_and_the_endpoint_is_asked_once() {
    let (endpoint, _stack, user) = scene_with(Manner::Sends(&[
        (0, HEAD),
        (500, ": OPENROUTER PROCESSING\n\n"),
        (
            500,
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":3}}\n\n",
        ),
        (1_300, ": OPENROUTER PROCESSING\n\n"),
        (500, "data: {\"choices\":[{\"delta\":{\"content\":\"Hello.\"}}]}\n\n"),
        (0, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"),
    ]))
    .await;
    assert_eq!(reply(&user).await, "Hello.");
    assert_eq!(endpoint.requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_e5_events_of_other_kinds_and_the_wrong_content_type_do_no_harm() {
    let (endpoint, _stack, user) = scene_with(Manner::Sends(&[
        (0, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"),
        (0, "data: {\"sources\":[{\"source\":{\"name\":\"Documents\"}}]}\n\n"),
        (0, "data: {\"choices\":[{\"delta\":{\"content\":\"Hello.\"}}]}\n\ndata: ping\n\n"),
        (0, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"),
    ]))
    .await;
    assert_eq!(reply(&user).await, "Hello.");
    assert_eq!(endpoint.requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn e7_a_pause_that_the_provider_asks_for_reaches_the_client() {
    let (endpoint, _stack, user) = scene_with(Manner::Sends(&[(
        0,
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 40\r\ncontent-length: 2\r\n\r\n{}",
    )]))
    .await;
    let response = ask(&user, &json!({ "message": QUESTION })).await;
    assert_eq!((response.status, response.code().as_str()), (503, "ASSISTANT_UNAVAILABLE"));
    assert_eq!(response.header("retry-after"), Some("40"));
    assert_eq!(endpoint.requests(), 1, "it is not called again before");
}

#[tokio::test(flavor = "multi_thread")]
async fn e8_reasoning_between_tags_is_neither_shown_nor_stored() {
    let (_endpoint, _stack, user) = scene_with(Manner::Sends(&[
        (0, HEAD),
        (0, "data: {\"choices\":[{\"delta\":{\"content\":\"<thi\"}}]}\n\n"),
        (200, "data: {\"choices\":[{\"delta\":{\"content\":\"nk>The user wants\"}}]}\n\n"),
        (200, "data: {\"choices\":[{\"delta\":{\"content\":\"</think>\\n\\nHello.\"}}]}\n\n"),
        (0, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"),
    ]))
    .await;
    assert_eq!(reply(&user).await, "Hello.");
}

/// It was billed: it counts, and the endpoint is not called again.
#[tokio::test(flavor = "multi_thread")]
async fn m1_a_reply_that_nobody_sees_is_asked_for_once_and_counts() {
    let (endpoint, _stack, user) = scene_with(Manner::Sends(&[
        (0, HEAD),
        (0, "data: {\"choices\":[{\"delta\":{\"content\":\"\\u200b\\u2060\"}}]}\n\n"),
        (0, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"),
        (
            0,
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":77}}\n\n",
        ),
        (0, "data: [DONE]\n\n"),
    ]))
    .await;
    let remaining = |response: &harness::stack::Response| -> u64 {
        response.header("x-quota-tokens-remaining").unwrap().parse().unwrap()
    };
    let blank = ask(&user, &json!({ "message": QUESTION })).await;
    assert_eq!((blank.status, endpoint.requests()), (503, 1));
    endpoint.behaves(Manner::Well);
    let next = ask(&user, &json!({ "message": QUESTION })).await;
    assert_eq!((next.status, remaining(&next)), (200, 500_000 - 977));
}
