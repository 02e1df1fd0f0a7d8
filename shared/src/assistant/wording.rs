//! What providers say when they refuse the form of a request. There are no codes for it.

use super::Prompt;

/// A model that takes no system prompt: its template says so, or that a role is one too many.
pub(super) const NO_SYSTEM_ROLE: [&str; 10] = [
    "system role not supported",
    "system role is not supported",
    "system messages are not supported",
    "system prompt is not supported",
    "not support system",
    "not support 'system'",
    "t support system",
    "only user and assistant roles are supported",
    "conversation roles must alternate user/assistant",
    "developer instruction is not enabled",
];

/// Whether an error says one of these, and not because it quotes the conversation.
pub(super) fn says(error: &str, words: &[&str], prompt: &Prompt) -> bool {
    let error = error.to_lowercase();
    words.iter().any(|words| error.contains(words) && !is_quoted(words, prompt))
}

fn is_quoted(words: &str, prompt: &Prompt) -> bool {
    prompt.messages.iter().any(|message| message.content.to_lowercase().contains(words))
}
