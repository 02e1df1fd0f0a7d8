use serde::Serialize;

use crate::assistant::Prompt;
use crate::config::OpenAiConfig;

/// The form of request that an endpoint takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    /// Whether to send `max_completion_tokens`, which newer models of OpenAI need, instead of
    /// `max_tokens`.
    pub(super) completion_tokens: bool,
    /// Whether to send `stream_options`, which asks for the usage at the end of the stream.
    pub(super) stream_options: bool,
}

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
    content: &'a str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// The request's body as JSON.
pub(super) fn body(config: &OpenAiConfig, prompt: &Prompt, dialect: Dialect) -> Vec<u8> {
    let system = Message { role: "system", content: &prompt.system };
    let messages = prompt
        .messages
        .iter()
        .map(|message| Message { role: message.role.as_str(), content: &message.content });
    let limit = Some(config.max_tokens);
    let body = Body {
        model: &config.model,
        messages: std::iter::once(system).chain(messages).collect(),
        stream: true,
        stream_options: dialect.stream_options.then_some(StreamOptions { include_usage: true }),
        max_tokens: limit.filter(|_| !dialect.completion_tokens),
        max_completion_tokens: limit.filter(|_| dialect.completion_tokens),
    };
    // Structs of strings and numbers can always be written as JSON.
    serde_json::to_vec(&body).unwrap_or_default()
}
