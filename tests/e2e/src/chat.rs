//! Chats over HTTP: what clients send, and what streams say.
#![expect(clippy::panic, reason = "a test that meets the unexpected must fail")]

use harness::stack::{RequestBuilder, Stack, StackBuilder, StreamedResponse};
use serde_json::{Value, json};

use crate::endpoint::{Endpoint, KEY, Manner};
use crate::{User, whole_list};

/// A message that takes echo about two seconds.
pub const SLOW: &str = "[[slow]] one two three four five six seven eight nine ten eleven twelve";

/// A stack whose echo knows the words that make it slow or fail.
pub fn builder() -> StackBuilder {
    Stack::builder().env("ECHO_FAULTS", "1").concurrency(4)
}

/// Such a stack, and somebody who signed up.
///
/// # Panics
/// When it does not start.
pub async fn scene() -> (Stack, User) {
    signed_up(builder()).await
}

/// An endpoint that behaves like this, a stack whose assistant it is, and somebody who signed up. The
/// first deadline is one second.
///
/// # Panics
/// When one of them does not start.
pub async fn scene_with(manner: Manner) -> (Endpoint, Stack, User) {
    scene_within(manner, 1).await
}

/// The same, with a first deadline of this many seconds.
///
/// # Panics
/// When one of them does not start.
pub async fn scene_within(manner: Manner, seconds: u32) -> (Endpoint, Stack, User) {
    let endpoint = endpoint().await;
    let (stack, user) = signed_up(asking(&endpoint, seconds)).await;
    endpoint.behaves(manner);
    (endpoint, stack, user)
}

/// The same, whose assistant also makes titles. It makes them in this manner.
///
/// # Panics
/// When one of them does not start.
pub async fn scene_with_titles(replies: Manner, titles: Manner) -> (Endpoint, Stack, User) {
    let endpoint = endpoint().await;
    let builder = asking(&endpoint, 5).parameter("AssistantTitles", "true");
    let (stack, user) = signed_up(builder).await;
    endpoint.behaves(replies);
    endpoint.makes_titles(titles);
    (endpoint, stack, user)
}

async fn endpoint() -> Endpoint {
    match Endpoint::start().await {
        Ok(endpoint) => endpoint,
        Err(error) => panic!("the endpoint does not start: {error:#}"),
    }
}

/// A stack whose assistant is this endpoint.
fn asking(endpoint: &Endpoint, first_byte_seconds: u32) -> StackBuilder {
    Stack::builder()
        .parameter("Assistant", "openai")
        .parameter("AssistantModel", "a-model")
        .parameter("OpenAiBaseUrl", &endpoint.url)
        .parameter("OpenAiApiKey", KEY)
        .env("ASSISTANT_FIRST_BYTE_SECONDS", &first_byte_seconds.to_string())
}

async fn signed_up(builder: StackBuilder) -> (Stack, User) {
    let stack = match builder.start().await {
        Ok(stack) => stack,
        Err(error) => panic!("the stack does not start: {error:#}"),
    };
    let user = stack.sign_up("ada").await;
    (stack, user)
}

/// A chat's request.
pub fn ask(user: &User, body: &Value) -> RequestBuilder {
    user.post("/api/chat").json(body)
}

/// A message of a chat, as a page sends it that sends the last one only: under the client's own id, after
/// the active message.
pub fn ui_message(chat: &str, id: &str, text: &str) -> Value {
    json!({ "id": chat, "trigger": "submit-message", "message": shown(id, "user", text) })
}

/// A message as the AI SDK shows it.
pub fn shown(id: &str, role: &str, text: &str) -> Value {
    json!({ "id": id, "role": role, "parts": [{ "type": "text", "text": text }] })
}

/// All messages of a page: id, role, text. The last one is new.
pub fn ui_messages(chat: &str, messages: &[(&str, &str, &str)]) -> Value {
    let messages: Vec<Value> =
        messages.iter().map(|(id, role, text)| shown(id, role, text)).collect();
    json!({ "id": chat, "trigger": "submit-message", "messages": messages })
}

/// What a stream has said so far.
#[derive(Debug, Default)]
pub struct Said {
    /// The events, without `[DONE]`.
    pub events: Vec<Value>,
    /// The reply.
    pub text: String,
    /// Whether `[DONE]` came, with nothing after it.
    pub done: bool,
}

impl Said {
    /// Reads server-sent events as they must be.
    ///
    /// # Panics
    /// When they are not.
    pub fn of(stream: &str) -> Self {
        let mut said = Self::default();
        for event in stream.split_terminator("\n\n").filter(|event| !event.starts_with(':')) {
            assert!(!said.done, "{event:?} comes after the end");
            let Some(data) = event.strip_prefix("data: ") else { panic!("{event:?} is no event") };
            if data == "[DONE]" {
                said.done = true;
                continue;
            }
            let Ok(event) = serde_json::from_str::<Value>(data) else { panic!("{data:?}") };
            said.text += event.get("delta").and_then(Value::as_str).unwrap_or_default();
            said.events.push(event);
        }
        said
    }

    /// Reads a whole stream.
    ///
    /// # Panics
    /// When it is cut off.
    pub async fn whole(mut response: StreamedResponse) -> Self {
        loop {
            match response.next().await {
                Ok(Some(_)) => {}
                Ok(None) => return Self::of(&response.text()),
                Err(error) => panic!("{error:#}: {}", response.text()),
            }
        }
    }

    /// The types of the events, without repetitions.
    pub fn types(&self) -> Vec<&str> {
        let mut types: Vec<&str> =
            self.events.iter().filter_map(|event| event.get("type")?.as_str()).collect();
        types.dedup();
        types
    }

    /// A value of the first event that has one there.
    pub fn value(&self, pointer: &str) -> Value {
        self.events.iter().find_map(|event| event.pointer(pointer)).cloned().unwrap_or_default()
    }
}

/// The messages of a conversation: id, role, text.
pub async fn stored(user: &User, conversation: u64) -> Vec<(u64, String, String)> {
    let path = format!("/api/conversations/{conversation}/messages?limit=50");
    let (list, _) = whole_list(user, &path, "messages").await;
    let text = |message: &Value, name: &str| {
        message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let id = |message: &Value| message.get("id").and_then(Value::as_u64).unwrap_or_default();
    list.iter().map(|m| (id(m), text(m, "role"), text(m, "content"))).collect()
}

/// The active branch of a conversation, oldest first: role and text, of a reply what it repeats.
///
/// # Panics
/// When it can't be read.
pub async fn branch(user: &User, conversation: u64) -> Vec<String> {
    let path = format!("/api/conversations/{conversation}/messages?branch=active&limit=20");
    let (list, _) = whole_list(user, &path, "messages").await;
    let text = |message: &Value, name: &str| {
        message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let shown = |message: &Value| {
        let content = text(message, "content");
        let said = content.split_once("You said: ").map_or(content.as_str(), |(_, said)| said);
        format!("{}: {said}", text(message, "role"))
    };
    list.iter().rev().map(shown).collect()
}

/// The interactions of a user, newest first.
pub async fn interactions(user: &User) -> Vec<Value> {
    whole_list(user, "/api/personalization/interactions", "interactions").await.0
}
