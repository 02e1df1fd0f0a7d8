#![expect(clippy::disallowed_methods, reason = "tests measure how long a request takes")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use super::*;
use crate::assistant::testing::{
    Server, Step, ask, ask_into, ask_metered, ask_unheard, chunk, chunked, prompt,
};
use crate::assistant::{Ending, PromptMessage, Usage};
use crate::config::OpenAiConfig;
use crate::model::Role;

mod faults;
mod in_memory;
mod quirks;
mod tls;

const KEY: &str = "sk-very-secret";

fn config(base_url: String) -> OpenAiConfig {
    let key = Some(KEY.into());
    OpenAiConfig { base_url, model: "m".to_owned(), max_tokens: 99, key, ca_bundle: None }
}

fn at(server: &Server) -> OpenAi {
    OpenAi::new(config(format!("http://127.0.0.1:{}/v1", server.port)))
}

fn event(data: &Value) -> Vec<u8> {
    format!("data: {data}\n\n").into_bytes()
}

fn says(text: &str) -> Vec<u8> {
    event(&json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}))
}

fn ends(reason: &str) -> Vec<u8> {
    event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}))
}

fn counts(input: u64, output: u64) -> Vec<u8> {
    let usage = json!({"prompt_tokens": input, "completion_tokens": output});
    event(&json!({"choices": [], "usage": usage}))
}

fn done() -> Vec<u8> {
    b"data: [DONE]\n\n".to_vec()
}

/// A streamed response of these parts, with the end that HTTP requires.
fn streamed(parts: &[Vec<u8>]) -> Vec<Step> {
    let head = chunked("200 OK", "text/event-stream");
    let parts = parts.iter().map(|part| chunk(part));
    [head].into_iter().chain(parts).chain([chunk(b"")]).collect()
}

fn whole(status: &str, body: &Value) -> Vec<Step> {
    vec![chunked(status, "application/json"), chunk(body.to_string().as_bytes()), chunk(b"")]
}

#[tokio::test]
async fn a_full_reply() {
    let script = streamed(&[says("Hel"), says("lo"), ends("stop"), counts(12, 2), done()]);
    let server = Server::start(vec![script]).await;
    let message = |role, content: &str| PromptMessage { role, content: content.to_owned() };
    let messages =
        vec![message(Role::User, "a"), message(Role::Assistant, "b"), message(Role::User, "c\n🦀")];
    let full = Prompt { messages, ..prompt("") };
    let (deltas, ending) = ask(&at(&server), &full).await;
    assert_eq!(deltas.iter().filter(|delta| !delta.is_empty()).collect::<Vec<_>>(), ["Hel", "lo"]);
    let usage = Usage { input_tokens: 12, output_tokens: 2, estimated: false };
    assert_eq!(ending.unwrap(), Ending { finish: Finish::Stop, usage });

    let request = server.requests().remove(0);
    assert!(request.head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{}", request.head);
    assert!(request.head.contains(&format!("authorization: Bearer {KEY}")), "{}", request.head);
    assert!(request.head.contains("content-type: application/json"), "{}", request.head);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let expected = json!({
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "c\n🦀"},
        ],
        "stream": true,
        "stream_options": {"include_usage": true},
        "max_tokens": 99,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn deltas_come_as_they_are_sent() {
    let gate = Arc::new(Notify::new());
    let mut script = vec![chunked("200 OK", "text/event-stream")];
    let texts: Vec<String> = (0..5).map(|n| format!("delta {n} é")).collect();
    for text in &texts {
        let bytes = says(text);
        // Each event is cut, once inside of a character.
        let cut = bytes.windows(2).position(|pair| pair == "é".as_bytes()).unwrap() + 1;
        script.extend([chunk(&bytes[..9]), Step::Pause(5), chunk(&bytes[9..cut]), Step::Pause(5)]);
        script.extend([chunk(&bytes[cut..]), Step::Wait(Arc::clone(&gate))]);
    }
    script.extend([chunk(&ends("stop")), chunk(&done()), chunk(b"")]);
    let server = Server::start(vec![script]).await;
    let (assistant, question) = (at(&server), prompt("?"));
    let (sender, mut receiver) = mpsc::channel(1);
    // The server goes on only when a delta has arrived.
    let read = async {
        for text in &texts {
            let delta = async {
                loop {
                    // The head of the response is a sign of life, without text.
                    let delta = receiver.recv().await;
                    if delta.as_deref() != Some("") {
                        return delta;
                    }
                }
            };
            assert_eq!(delta.await.as_ref(), Some(text));
            gate.notify_one();
        }
        while receiver.recv().await.is_some() {}
    };
    let both = async { tokio::join!(ask_into(&assistant, &question, sender), read) };
    let (ending, ()) = timeout(Duration::from_secs(20), both).await.unwrap();
    assert_eq!(ending.unwrap(), Finish::Stop);
}

#[tokio::test]
async fn servers_may_leave_things_out() {
    let cases = [
        // No [DONE], no usage.
        (vec![says("a"), ends("length")], Finish::Length, true),
        // No reason.
        (vec![says("a"), done()], Finish::Other, true),
        // Neither reason nor [DONE].
        (vec![says("a"), counts(1, 1)], Finish::Other, false),
        // No empty line at the end.
        (vec![says("a"), b"data: [DONE]".to_vec()], Finish::Other, true),
        // Comments and reasoning first.
        (
            vec![
                b": ping\n\n".to_vec(),
                event(&json!({"choices": [{"delta": {"reasoning_content": "hm"}}]})),
                says("a"),
                ends("content_filter"),
            ],
            Finish::ContentFilter,
            true,
        ),
    ];
    for (parts, finish, estimated) in cases {
        let server = Server::start(vec![streamed(&parts)]).await;
        let (deltas, ending) = ask(&at(&server), &prompt("?")).await;
        assert_eq!(deltas.concat(), "a");
        let ending = ending.unwrap();
        assert_eq!((ending.finish, ending.usage.estimated), (finish, estimated));
    }
}

#[tokio::test]
async fn a_reply_that_is_not_streamed() {
    let body = json!({
        "object": "chat.completion",
        "choices": [{"message": {"role": "assistant", "content": "all"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6},
    });
    let server = Server::start(vec![whole("200 OK", &body)]).await;
    let (deltas, ending) = ask(&at(&server), &prompt("?")).await;
    assert_eq!(deltas, ["all"]);
    let usage = Usage { input_tokens: 5, output_tokens: 1, estimated: false };
    assert_eq!(ending.unwrap(), Ending { finish: Finish::Stop, usage });
}

#[tokio::test]
async fn a_refused_form_is_changed_and_remembered() {
    let refuse = |message: &str| {
        whole("400 Bad Request", &json!({"error": {"message": message, "code": "x"}}))
    };
    let good = streamed(&[says("a"), ends("stop"), done()]);
    let server = Server::start(vec![
        refuse("'max_tokens' is not supported. Use 'max_completion_tokens' instead."),
        refuse("extra fields not permitted: stream_options"),
        good.clone(),
        good,
        refuse("'max_completion_tokens' is too large"),
    ])
    .await;
    let assistant = at(&server);
    assert!(ask(&assistant, &prompt("?")).await.1.is_ok());
    assert!(ask(&assistant, &prompt("?")).await.1.is_ok());
    let refused = ask(&assistant, &prompt("?")).await.1;
    assert!(matches!(refused, Err(AssistantError::Refused(_))), "{refused:?}");
    let bodies: Vec<Value> =
        server.requests().iter().map(|r| serde_json::from_str(&r.body).unwrap()).collect();
    let form = |body: &Value| {
        (
            body["max_tokens"].is_u64(),
            body["max_completion_tokens"].is_u64(),
            body["stream_options"].is_object(),
        )
    };
    let forms: Vec<_> = bodies.iter().map(form).collect();
    let last = (false, true, false);
    assert_eq!(forms, [(true, false, true), (false, true, true), last, last, last]);
}

#[tokio::test]
async fn the_connection_serves_the_next_call() {
    let script = streamed(&[says("a"), ends("stop"), done()]);
    let server = Server::start(vec![script; 3]).await;
    let assistant = at(&server);
    for _ in 0..3 {
        assert!(ask(&assistant, &prompt("?")).await.1.is_ok());
    }
    assert!(server.requests().iter().all(|request| request.connection == 0));
}

#[tokio::test]
async fn a_server_that_ends_without_ending_is_not_waited_for() {
    let start = Instant::now();
    let parts = [says("a"), ends("stop")].map(|part| chunk(&part));
    let mut script = vec![chunked("200 OK", "text/event-stream")];
    script.extend(parts);
    script.push(Step::Pause(60_000));
    let server = Server::start(vec![script]).await;
    assert!(ask(&at(&server), &prompt("?")).await.1.is_ok());
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn nobody_listening_ends_it_without_error() {
    let script = streamed(&[says("a"), says("b"), ends("stop"), done()]);
    let server = Server::start(vec![script]).await;
    let finish = ask_unheard(&at(&server), &prompt("?")).await.unwrap();
    assert_eq!(finish, Finish::Other);
}

#[test]
fn the_key_is_not_printed() {
    let assistant = OpenAi::new(config("https://api.openai.com/v1".to_owned()));
    assert!(!format!("{assistant:?}").contains(KEY));
}
