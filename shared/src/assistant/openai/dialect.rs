//! The form of request that an endpoint takes. Endpoints refuse what they do not know, and say so.

use crate::assistant::Prompt;
use crate::assistant::wording::{self, NO_SYSTEM_ROLE};

/// The form of request that an endpoint takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is learnt by itself")]
pub(super) struct Dialect {
    /// Whether to send `max_completion_tokens`, which newer models of OpenAI need, instead of
    /// `max_tokens`.
    pub(super) completion_tokens: bool,
    /// Whether to send `stream_options`, which asks for the usage at the end of the stream.
    pub(super) stream_options: bool,
    /// Whether the model takes a system prompt. Otherwise the prompt stands in the first question.
    pub(super) system_role: bool,
    /// Whether the reply may be streamed.
    pub(super) streams: bool,
}

/// A model that may not stream: OpenAI's newer ones for some accounts, and older ones.
const NO_STREAM: [&str; 5] = [
    "to stream this model",
    "'stream' does not support",
    "not support streaming",
    "t support streaming",
    "streaming is not supported",
];

impl Default for Dialect {
    fn default() -> Self {
        Self { completion_tokens: false, stream_options: true, system_role: true, streams: true }
    }
}

impl Dialect {
    /// The form that works instead, if this error says so. What the user wrote teaches nothing.
    pub(super) fn after(self, error: &str, prompt: &Prompt) -> Option<Self> {
        let says = |words: &[&str]| wording::says(error, words, prompt);
        if !self.completion_tokens && says(&["max_completion_tokens"]) {
            Some(Self { completion_tokens: true, ..self })
        } else if self.stream_options && self.streams && says(&["stream_options"]) {
            Some(Self { stream_options: false, ..self })
        } else if self.system_role && says(&NO_SYSTEM_ROLE) {
            Some(Self { system_role: false, ..self })
        } else if self.streams && says(&NO_STREAM) {
            Some(Self { streams: false, ..self })
        } else {
            None
        }
    }
}
