use std::borrow::Cow;

use serde::Serialize;

use super::dialect::Dialect;
use crate::assistant::Prompt;
use crate::config::OpenAiConfig;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Cow<'a, str>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// The request's body as JSON.
pub(super) fn body(config: &OpenAiConfig, prompt: &Prompt, dialect: Dialect) -> Vec<u8> {
    let limit = Some(config.max_tokens);
    let asks_for_usage = dialect.streams && dialect.stream_options;
    let body = Body {
        model: &config.model,
        messages: messages(prompt, dialect),
        stream: dialect.streams,
        stream_options: asks_for_usage.then_some(StreamOptions { include_usage: true }),
        max_tokens: limit.filter(|_| !dialect.completion_tokens),
        max_completion_tokens: limit.filter(|_| dialect.completion_tokens),
    };
    // Structs of strings and numbers can always be written as JSON.
    serde_json::to_vec(&body).unwrap_or_default()
}

fn messages(prompt: &Prompt, dialect: Dialect) -> Vec<Message<'_>> {
    let mut messages: Vec<Message<'_>> = prompt
        .messages
        .iter()
        .map(|message| Message {
            role: message.role.as_str(),
            content: Cow::Borrowed(&message.content),
        })
        .collect();
    match messages.first_mut() {
        Some(first) if !dialect.system_role => {
            first.content = Cow::Owned(prompt.with_system(&first.content));
        }
        _ => {
            let content = Cow::Borrowed(prompt.system.as_str());
            messages.insert(0, Message { role: "system", content });
        }
    }
    messages
}
