use std::sync::Arc;
use std::time::Duration;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message as Frame};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::*;
use crate::assistant::testing::{
    Server, Step, ask, ask_into, ask_metered, ask_unheard, chunk, chunked, prompt,
};
use crate::assistant::{Ending, Usage};
use crate::config::CredentialsConfig;

mod refusals;

fn at(server: &Server) -> Bedrock {
    Bedrock::new(&BedrockConfig {
        model: "vendor.model-v1:0".to_owned(),
        region: "eu-central-1".to_owned(),
        endpoint: Some(format!("http://127.0.0.1:{}", server.port)),
        max_tokens: 99,
        credentials: CredentialsConfig {
            access_key_id: "local".to_owned(),
            secret_access_key: "very-secret".into(),
            session_token: Some("also-secret".into()),
        },
        ca_bundle: None,
    })
}

/// A frame as Bedrock sends it: kind `event` or `exception`, its name, its JSON.
fn frame(kind: &str, name: &str, payload: &Value) -> Vec<u8> {
    let text = |text: &str| HeaderValue::String(text.to_owned().into());
    let message = Frame::new(payload.to_string().into_bytes())
        .add_header(Header::new(":message-type", text(kind)))
        .add_header(Header::new(format!(":{kind}-type"), text(name)))
        .add_header(Header::new(":content-type", text("application/json")));
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).unwrap();
    bytes
}

fn event(name: &str, payload: &Value) -> Vec<u8> {
    frame("event", name, payload)
}

fn starts() -> Vec<u8> {
    event("messageStart", &json!({"role": "assistant"}))
}

fn says(text: &str) -> Vec<u8> {
    event("contentBlockDelta", &json!({"contentBlockIndex": 0, "delta": {"text": text}}))
}

fn ends(reason: &str) -> Vec<u8> {
    event("messageStop", &json!({"stopReason": reason}))
}

fn counts(input: u64, output: u64) -> Vec<u8> {
    let usage = json!({"inputTokens": input, "outputTokens": output, "totalTokens": input + output,
        "cacheReadInputTokens": 100});
    event("metadata", &json!({"usage": usage, "metrics": {"latencyMs": 5}}))
}

fn head() -> Step {
    chunked("200 OK", "application/vnd.amazon.eventstream")
}

fn streamed(parts: &[Vec<u8>]) -> Vec<Step> {
    let parts = parts.iter().map(|part| chunk(part));
    [head()].into_iter().chain(parts).chain([chunk(b"")]).collect()
}

fn refused(status: &str, code: &str, message: &str) -> Vec<Step> {
    let body = json!({"__type": code, "message": message}).to_string();
    vec![chunked(status, "application/json"), chunk(body.as_bytes()), chunk(b"")]
}

#[tokio::test]
async fn a_full_reply() {
    let stop = event("contentBlockStop", &json!({"contentBlockIndex": 0}));
    let script =
        streamed(&[starts(), says("Hel"), says("lo 🦀"), stop, ends("end_turn"), counts(12, 2)]);
    let server = Server::start(vec![script]).await;
    let message = |role, content: &str| PromptMessage { role, content: content.to_owned() };
    let messages =
        vec![message(Role::User, "a"), message(Role::Assistant, "b"), message(Role::User, "c")];
    let full = Prompt { messages, ..prompt("") };
    let (deltas, ending) = ask(&at(&server), &full).await;
    assert_eq!(deltas, ["Hel", "lo 🦀"]);
    let usage = Usage { input_tokens: 112, output_tokens: 2, estimated: false };
    assert_eq!(ending.unwrap(), Ending { finish: Finish::Stop, usage });

    let request = server.requests().remove(0);
    assert!(
        request.head.starts_with("POST /model/vendor.model-v1%3A0/converse-stream HTTP/1.1"),
        "{}",
        request.head
    );
    assert!(request.head.contains("/eu-central-1/bedrock/aws4_request"), "{}", request.head);
    assert!(request.head.contains("x-amz-security-token: also-secret"), "{}", request.head);
    let message = |role: &str, text: &str| json!({"role": role, "content": [{"text": text}]});
    let expected = json!({
        "system": [{"text": "Be kind."}],
        "messages": [message("user", "a"), message("assistant", "b"), message("user", "c")],
        "inferenceConfig": {"maxTokens": 99},
    });
    assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), expected);
}

#[tokio::test]
async fn deltas_come_as_they_are_sent() {
    let gate = Arc::new(Notify::new());
    let mut script = vec![head(), chunk(&starts())];
    for text in ["one", "two", "three"] {
        let bytes = says(text);
        script.extend([chunk(&bytes[..7]), Step::Pause(5), chunk(&bytes[7..])]);
        script.push(Step::Wait(Arc::clone(&gate)));
    }
    script.extend([chunk(&ends("end_turn")), chunk(&counts(1, 1)), chunk(b"")]);
    let server = Server::start(vec![script]).await;
    let (assistant, question) = (at(&server), prompt("?"));
    let (sender, mut receiver) = mpsc::channel(1);
    let read = async {
        for text in ["", "one", "two", "three"] {
            assert_eq!(receiver.recv().await.as_deref(), Some(text));
            gate.notify_one();
        }
    };
    let both = async { tokio::join!(ask_into(&assistant, &question, sender), read) };
    let (ending, ()) = timeout(Duration::from_secs(20), both).await.unwrap();
    assert_eq!(ending.unwrap(), Finish::Stop);
}

#[tokio::test]
async fn reasons() {
    for (name, finish) in [
        ("end_turn", Finish::Stop),
        ("stop_sequence", Finish::Stop),
        ("max_tokens", Finish::Length),
        ("model_context_window_exceeded", Finish::Length),
        ("guardrail_intervened", Finish::ContentFilter),
        ("content_filtered", Finish::ContentFilter),
        ("tool_use", Finish::Other),
        ("a_reason_of_tomorrow", Finish::Other),
    ] {
        let server = Server::start(vec![streamed(&[says("a"), ends(name), counts(1, 1)])]).await;
        assert_eq!(ask(&at(&server), &prompt("?")).await.1.unwrap().finish, finish, "{name}");
    }
    for name in ["malformed_model_output", "malformed_tool_use"] {
        let server = Server::start(vec![streamed(&[says("a"), ends(name)])]).await;
        let error = ask(&at(&server), &prompt("?")).await.1.unwrap_err();
        assert!(matches!(&error, AssistantError::Broken(why) if why.contains(name)), "{error}");
    }
}

#[tokio::test]
async fn events_of_other_kinds_are_no_text() {
    let thinks = json!({"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "hm"}}});
    let script = streamed(&[
        event("contentBlockDelta", &thinks),
        event("anEventOfTomorrow", &json!({"a": 1})),
        says("a"),
        ends("end_turn"),
        counts(1, 1),
    ]);
    let server = Server::start(vec![script]).await;
    let (deltas, ending) = ask(&at(&server), &prompt("?")).await;
    assert_eq!(deltas, ["a"]);
    assert!(!ending.unwrap().usage.estimated);
}

#[tokio::test]
async fn a_reply_without_its_tokens_is_complete() {
    let silent = |step| vec![head(), chunk(&says("abcde")), chunk(&ends("end_turn")), step];
    let ended = streamed(&[says("abcde"), ends("end_turn")]);
    for script in [ended, silent(Step::Cut), silent(Step::Pause(60_000))] {
        let server = Server::start(vec![script]).await;
        let (bedrock, question) = (at(&server), prompt("?"));
        let reply = timeout(Duration::from_secs(20), ask(&bedrock, &question)).await.unwrap();
        let ending = reply.1.unwrap();
        assert_eq!((ending.finish, ending.usage.output_tokens), (Finish::Stop, 2));
        assert!(ending.usage.estimated);
    }
}

#[tokio::test]
async fn errors_before_the_reply() {
    for (status, code, expected) in [
        ("403 Forbidden", "AccessDeniedException", "the assistant refused the request"),
        ("404 Not Found", "ResourceNotFoundException", "the assistant refused the request"),
        ("400 Bad Request", "ValidationException", "the assistant refused the request"),
        ("403 Forbidden", "ExpiredTokenException", "the assistant refused the request"),
        ("429 Too Many Requests", "ThrottlingException", "the assistant is too busy"),
        ("429 Too Many Requests", "ModelNotReadyException", "the assistant is too busy"),
        ("503 Service Unavailable", "ServiceUnavailableException", "the assistant is too busy"),
        ("408 Request Timeout", "ModelTimeoutException", "the assistant failed"),
        ("424 Failed Dependency", "ModelErrorException", "the assistant failed"),
        ("500 Internal Server Error", "InternalServerException", "the assistant failed"),
        ("500 Internal Server Error", "ErrorOfTomorrow", "the assistant failed"),
    ] {
        let server = Server::start(vec![refused(status, code, "no")]).await;
        let (_, ending, usage) = ask_metered(&at(&server), &prompt("?")).await;
        let error = ending.unwrap_err();
        assert_eq!(error.to_string(), format!("{expected}: {code}: no"));
        assert_eq!(usage.is_some(), code == "ModelTimeoutException", "{code}");
        assert_eq!(error.may_pass(), !expected.contains("refused"));
        assert_eq!(server.requests().len(), 1, "the SDK repeats nothing");
    }
    let quoting = refused("400 Bad Request", "ValidationException", "bad: what is a servo");
    let server = Server::start(vec![quoting]).await;
    let error = ask(&at(&server), &prompt("what is a servo")).await.1.unwrap_err();
    assert!(!error.to_string().contains("servo"), "{error}");
}

#[tokio::test]
async fn errors_in_mid_stream() {
    for (name, code) in [
        ("throttlingException", "ThrottlingException"),
        ("modelStreamErrorException", "ModelStreamErrorException"),
        ("internalServerException", "InternalServerException"),
        ("serviceUnavailableException", "ServiceUnavailableException"),
    ] {
        let fails = frame("exception", name, &json!({"message": "overloaded"}));
        let server = Server::start(vec![streamed(&[starts(), says("Hal"), fails])]).await;
        let (deltas, ending, usage) = ask_metered(&at(&server), &prompt("?")).await;
        assert_eq!(deltas.concat(), "Hal");
        assert_eq!(usage.map(|usage| usage.output_tokens), Some(1), "what came counts");
        let error = ending.unwrap_err();
        let text = error.to_string();
        let is_named = text.contains(code) && text.contains("overloaded");
        assert!(error.may_pass() && is_named, "{error}");
        assert!(error.to_string().contains("in mid-stream"), "{error}");
    }
}

#[tokio::test]
async fn a_cut_stream_and_nonsense() {
    let half = says("never seen");
    let html = vec![
        chunked("200 OK", "text/html"),
        chunk(b"<html>Welcome to the machine</html>"),
        chunk(b""),
    ];
    let mut flipped = says("x");
    flipped[20] ^= 1;
    for (script, text) in [
        (vec![head(), chunk(&starts()), chunk(&says("Hal")), Step::Cut], "Hal"),
        (vec![head(), chunk(&says("Hal")), chunk(&half[..30]), Step::Cut], "Hal"),
        (vec![head(), chunk(&says("Hal")), chunk(&half[..30]), chunk(b"")], "Hal"),
        (streamed(&[starts(), says("Hal")]), "Hal"),
        (streamed(&[says("Hal"), flipped]), "Hal"),
        (html, ""),
        (vec![Step::Cut], ""),
    ] {
        let server = Server::start(vec![script]).await;
        let (deltas, ending, usage) = ask_metered(&at(&server), &prompt("?")).await;
        assert_eq!(deltas.concat(), text);
        let error = ending.unwrap_err();
        // Only a connection that breaks at once was an idle one; anything else may be billed.
        assert_eq!(usage.is_none(), matches!(error, AssistantError::Unreachable(_)), "{error}");
        let is_known = matches!(error, AssistantError::Broken(_) | AssistantError::Unreachable(_));
        assert!(is_known, "{error}");
    }
}

#[tokio::test]
async fn nobody_listening_ends_it_without_error() {
    let script = streamed(&[starts(), says("a"), ends("end_turn"), counts(1, 1)]);
    let server = Server::start(vec![script]).await;
    let finish = ask_unheard(&at(&server), &prompt("?")).await.unwrap();
    assert_eq!(finish, Finish::Other);
    let shown = format!("{:?}", at(&server));
    assert!(!shown.contains("very-secret") && !shown.contains("also-secret"), "{shown}");
}
