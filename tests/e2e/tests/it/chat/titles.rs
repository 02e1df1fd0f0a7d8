//! Titles that a model makes beside the first reply.

use std::time::Duration;

use e2e::User;
use e2e::chat::{ask, scene_with, scene_with_titles, stored};
use e2e::endpoint::Manner;
use harness::stack::Response;
use serde_json::{Value, json};

const QUESTION: &str = "How does a servo hold its position?";
const TITLE: &str = "Servo Position Control";

/// The title comes at once, with 40 tokens.
const AT_ONCE: Manner = Manner::Sends(&[
    (
        0,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
         data: {\"choices\":[{\"delta\":{\"content\":\"\\\"Servo Position \"}}]}\n\n",
    ),
    (
        0,
        "data: {\"choices\":[{\"delta\":{\"content\":\"Control.\\\"\"},\"finish_reason\":\"stop\"}]}\n\n\
         data: {\"choices\":[],\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":10}}\n\n\
         data: [DONE]\n\n",
    ),
]);

/// The reply takes more than a second, and 14 tokens.
const REPLY: Manner = Manner::Sends(&[
    (0, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"),
    (0, "data: {\"choices\":[{\"delta\":{\"content\":\"Hello \"}}]}\n\n"),
    (
        1_500,
        "data: {\"choices\":[{\"delta\":{\"content\":\"there.\"},\"finish_reason\":\"stop\"}]}\n\n\
         data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":3}}\n\n\
         data: [DONE]\n\n",
    ),
]);

async fn title(user: &User, conversation: &Value) -> String {
    let response = user.get(&format!("/api/conversations/{conversation}")).await.json();
    response["title"].as_str().unwrap_or_default().to_owned()
}

/// The tokens of the quota that were left before this question.
fn left(response: &Response) -> u64 {
    response.header("x-quota-tokens-remaining").unwrap().parse().unwrap()
}

async fn next_question(user: &User, conversation: &Value) -> Response {
    let body = json!({ "conversation_id": conversation, "message": "And a stepper?" });
    ask(user, &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_names_a_new_conversation_beside_its_first_reply() {
    let (endpoint, _stack, user) = scene_with_titles(REPLY, AT_ONCE).await;
    let first = ask(&user, &json!({ "message": QUESTION })).await;
    let reply = first.json();
    let id = &reply["conversation_id"];
    assert_eq!(title(&user, id).await, TITLE);
    let list = user.get("/api/conversations").await.json();
    assert_eq!(list["conversations"][0]["title"], TITLE);
    let request = endpoint.title_requests().pop().unwrap();
    let has_notes = request.contains("Background of the user");
    assert!(request.contains(QUESTION) && !has_notes, "{request}");
    // The client is told what the reply took. The quota counts both.
    let usage = &reply["usage"];
    assert_eq!(
        (usage["input_tokens"].as_u64(), usage["output_tokens"].as_u64()),
        (Some(11), Some(3))
    );
    let next = next_question(&user, id).await;
    assert_eq!(left(&first) - left(&next), 14 + 40);
    assert_eq!(title(&user, id).await, TITLE);
    assert_eq!(endpoint.title_requests().len(), 1, "the second question makes no title");
    assert_eq!(stored(&user, id.as_u64().unwrap()).await.len(), 4);
}

/// The function may be frozen after the end of the reply.
#[tokio::test(flavor = "multi_thread")]
async fn a_title_that_is_not_there_at_the_end_of_the_reply_is_dropped() {
    for manner in [Manner::Slowly, Manner::Silent] {
        let (endpoint, _stack, user) = scene_with_titles(Manner::Well, manner).await;
        let first = ask(&user, &json!({ "message": QUESTION })).await;
        let id = &first.json()["conversation_id"];
        assert_eq!(title(&user, id).await, QUESTION);
        let next = next_question(&user, id).await;
        assert_eq!((next.status, endpoint.title_requests().len()), (200, 1));
        // The call that was ended counts as well, by an estimate if it had begun.
        let used = left(&first) - left(&next);
        assert!(used > 14 && used < 200, "{used}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_that_fails_does_not_touch_the_reply() {
    let bad = [Manner::Fails, Manner::Refuses, Manner::BreaksOff, Manner::Nonsense, Manner::Page];
    for manner in bad {
        let (_endpoint, stack, user) = scene_with_titles(REPLY, manner).await;
        let reply = ask(&user, &json!({ "message": QUESTION })).await;
        assert_eq!((reply.status, &reply.json()["response"]), (200, &json!("Hello there.")));
        assert_eq!(title(&user, &reply.json()["conversation_id"]).await, QUESTION, "{manner:?}");
        stack.log_line("chat", "the assistant made no title").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_title_that_a_user_has_given_stays() {
    let (_endpoint, _stack, user) = scene_with_titles(REPLY, AT_ONCE).await;
    let body = json!({ "message": QUESTION });
    let (reply, renamed) = tokio::join!(ask(&user, &body), async {
        // The first conversation is number 1, as soon as its turn is opened.
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let body = json!({ "title": "My own" });
            let response = user.patch("/api/conversations/1").json(&body).await;
            if response.status != 404 {
                return response.status;
            }
        }
    });
    assert_eq!((reply.status, renamed), (200, 200));
    let conversation = user.get("/api/conversations/1").await.json();
    assert_eq!(conversation["title"], "My own");
    assert_eq!(conversation["active_message_id"], reply.json()["message_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_without_a_title_gets_one_and_a_named_one_does_not() {
    let (endpoint, _stack, user) = scene_with_titles(REPLY, AT_ONCE).await;
    for (given, then) in [(json!({}), TITLE), (json!({ "title": "My own" }), "My own")] {
        let made = user.post("/api/conversations").json(&given).await.json();
        let body = json!({ "conversation_id": made["id"], "message": QUESTION });
        assert_eq!(ask(&user, &body).await.status, 200);
        assert_eq!(title(&user, &made["id"]).await, then);
    }
    assert_eq!(endpoint.title_requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_parameter_no_title_is_asked_for() {
    let (endpoint, _stack, user) = scene_with(REPLY).await;
    let reply = ask(&user, &json!({ "message": QUESTION })).await.json();
    assert_eq!(title(&user, &reply["conversation_id"]).await, QUESTION);
    assert_eq!((endpoint.title_requests().len(), endpoint.requests()), (0, 1));
}
