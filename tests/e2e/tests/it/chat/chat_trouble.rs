//! Assistants that are down, slow, cut off or talk nonsense.

use e2e::chat::{Said, ask, branch, interactions, scene_with, scene_within, stored, ui_message};
use e2e::endpoint::{Endpoint, KEY, Manner};
use e2e::{User, conversation};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::Value;

const QUESTION: &str = "How does a servo hold its position?";

/// Waits for the line of a failed request that contains this text. Tries that are repeated have lines of
/// their own.
async fn failed(stack: &Stack, text: &str) -> String {
    for _ in 0..1000 {
        let lines = stack.logs("chat").unwrap();
        let of_failure = |line: &&String| line.contains("ASSISTANT_UNAVAILABLE");
        if let Some(line) = lines.iter().filter(of_failure).find(|line| line.contains(text)) {
            return line.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("chat has not logged {text:?}: {:#?}", stack.logs("chat"));
}

/// The one log line of the failure that the client was shown.
async fn logged(stack: &Stack, cause: &str) -> Value {
    let line = failed(stack, cause).await;
    let of_failure = |line: &&String| line.contains("ASSISTANT_UNAVAILABLE");
    let lines = stack.logs("chat").unwrap();
    let found: Vec<&String> =
        lines.iter().filter(|line| line.contains(cause)).filter(of_failure).collect();
    assert_eq!(found.len(), 1, "{cause}: {lines:#?}");
    assert!(!lines.iter().any(|line| line.contains(KEY) || line.contains(QUESTION)), "{line}");
    serde_json::from_str(found[0]).unwrap()
}

/// The same message again, once the assistant is well: it gets a reply, once.
async fn recovers(endpoint: &Endpoint, user: &User, id: u64, message: &str) {
    let question = stored(user, id).await;
    assert_eq!(question.len(), 1, "the question is kept, and nothing else");
    endpoint.behaves(Manner::Well);
    let body = ui_message(&id.to_string(), message, QUESTION);
    let said = Said::whole(ask(user, &body).stream().await).await;
    assert_eq!((said.text.as_str(), said.done), ("Hello there.", true));
    assert_eq!(said.value("/messageMetadata/usage/output_tokens"), 3);
    let messages = stored(user, id).await;
    assert_eq!((messages.len(), &messages[0]), (2, &question[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_before_the_first_words_is_a_problem() {
    let (endpoint, stack, user) = scene_with(Manner::Well).await;
    for (number, (manner, cause)) in [
        (Manner::Fails, "on fire"),
        (Manner::Refuses, "refused the request"),
        (Manner::Silent, "nothing in time"),
        (Manner::Page, "broke off"),
        (Manner::Nonsense, "not of a chat completion"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = conversation(&user).await;
        let message = format!("m{number}");
        endpoint.behaves(manner);
        let body = ui_message(&id.to_string(), &message, QUESTION);
        let response = ask(&user, &body).await;
        assert_eq!(response.status, 503, "{manner:?}: {}", response.text());
        assert_eq!(response.code(), "ASSISTANT_UNAVAILABLE", "{manner:?}");
        let line = failed(&stack, &response.field("instance")).await;
        assert!(line.contains(cause), "{manner:?}: {line}");
        recovers(&endpoint, &user, id, &message).await;
    }
    assert_eq!(interactions(&user).await.len(), 5);
    logged(&stack, "on fire").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_in_mid_reply_is_an_event() {
    let (endpoint, stack, user) = scene_with(Manner::Well).await;
    for (manner, cause) in [(Manner::BreaksOff, "broke off"), (Manner::GivesUp, "overloaded")] {
        let id = conversation(&user).await;
        endpoint.behaves(manner);
        let body = ui_message(&id.to_string(), "m", QUESTION);
        let response = ask(&user, &body).stream().await;
        assert_eq!(response.status, 200, "{manner:?}");
        let said = Said::whole(response).await;
        assert_eq!(said.types(), ["start", "start-step", "text-start", "text-delta", "error"]);
        assert_eq!(said.value("/errorText"), "The assistant could not reply. Try again.");
        assert!(said.done && said.text == "Half of ", "{said:?}");
        assert_eq!(logged(&stack, cause).await["status"], 503, "{manner:?}");
        recovers(&endpoint, &user, id, "m").await;
    }
}

/// An edit whose reply fails is asked again by another reply.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_failed_is_tried_again_by_another_reply() {
    let (endpoint, _stack, user) = scene_with(Manner::Well).await;
    Said::whole(ask(&user, &ui_message("c", "m", "first")).stream().await).await;
    let mut edit = ui_message("c", "m", QUESTION);
    edit["messageId"] = "m".into();
    endpoint.behaves(Manner::BreaksOff);
    let failed = Said::whole(ask(&user, &edit).stream().await).await;
    assert_eq!(failed.types().last(), Some(&"error"));
    endpoint.behaves(Manner::Well);
    // The client shows the reply that failed, under the id that it was to have.
    let mut again = ui_message("c", "m", QUESTION);
    again["trigger"] = "regenerate-message".into();
    again["messageId"] = failed.value("/messageId");
    let said = Said::whole(ask(&user, &again).stream().await).await;
    assert_eq!(said.text, "Hello there.");
    let asked = [format!("user: {QUESTION}"), "assistant: Hello there.".to_owned()];
    assert_eq!(branch(&user, 1).await, asked);
    assert_eq!(stored(&user, 1).await.len(), 4, "the first question and its reply stay");
}

/// Nothing listens at the address: the cause is in the log.
#[tokio::test(flavor = "multi_thread")]
async fn an_assistant_that_is_not_there_is_a_problem() {
    // A busy machine must have the time for all tries.
    let (endpoint, stack, user) = scene_within(Manner::Well, 30).await;
    drop(endpoint);
    let response = ask(&user, &serde_json::json!({ "message": QUESTION })).await;
    assert_eq!((response.status, response.code().as_str()), (503, "ASSISTANT_UNAVAILABLE"));
    assert!(response.header("retry-after").is_some());
    logged(&stack, "can't be reached").await;
}

/// Others read all of a reply, even if segments can't be written or the table's response is lost.
#[tokio::test(flavor = "multi_thread")]
async fn who_joins_reads_what_is_stored_also_while_the_table_is_busy() {
    let (_endpoint, stack, user) = scene_with(Manner::Slowly).await;
    for effect in [Effect::Throttle, Effect::LostResponse, Effect::InternalError] {
        let faults = ["PutItem", "UpdateItem"].map(|operation| {
            let rule = Rule::new(effect).function("chat").operation(operation);
            stack.proxy.inject(rule.times(4))
        });
        let id = conversation(&user).await;
        let body = ui_message(&id.to_string(), "m", QUESTION);
        let mut first = ask(&user, &body).stream().await;
        first.until("text-delta").await.unwrap();
        let path = format!("/api/chat/{id}/stream");
        let joined = user.get(&path).stream().await;
        let (first, joined) = tokio::join!(Said::whole(first), Said::whole(joined));
        assert!(faults.iter().all(|fault| fault.hits() == 4), "{effect:?}");
        assert!(first.text.ends_with("19 there."), "{effect:?}: {first:?}");
        assert_eq!(joined.text, first.text, "{effect:?}");
        assert_eq!(stored(&user, id).await[1].2, first.text, "{effect:?}");
    }
}
