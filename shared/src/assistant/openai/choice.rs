//! The parts of a choice: its text, its reasoning, and why it ends.

use serde_json::Value;

use crate::assistant::Finish;

/// Why a reply ends, as the server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// A reason that we know: the reply is over.
    Known(Finish),
    /// The server could not go on.
    Failed,
    /// Another word. Only the end of the stream shows whether it means the end.
    Unknown,
}

/// The reason of a choice. Empty text and the text "null" are none. Gemini had another name for it, and
/// OpenRouter names a failure of the provider behind it.
pub(super) fn reason(choice: &Value) -> Option<Reason> {
    let field = |name: &str| choice.get(name).and_then(Value::as_str).and_then(word);
    if field("native_finish_reason") == Some(Reason::Failed) {
        return Some(Reason::Failed);
    }
    field("finish_reason").or_else(|| field("finishReason"))
}

fn word(reason: &str) -> Option<Reason> {
    let known = match reason.trim().to_ascii_lowercase().as_str() {
        "" | "null" | "none" => return None,
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "completed" => Finish::Stop,
        "length" | "max_tokens" | "model_length" | "max_output_tokens" | "context_length" => {
            Finish::Length
        }
        "content_filter"
        | "content-filter"
        | "safety"
        | "recitation"
        | "blocklist"
        | "prohibited_content"
        | "sensitive"
        | "guardrail_intervened" => Finish::ContentFilter,
        "tool_calls" | "tool_use" | "function_call" => Finish::Other,
        "error"
        | "abort"
        | "aborted"
        | "cancelled"
        | "network_error"
        | "insufficient_system_resource" => return Some(Reason::Failed),
        _ => return Some(Reason::Unknown),
    };
    Some(Reason::Known(known))
}

/// The text that a delta or a whole message adds.
pub(super) fn text(delta: &Value) -> String {
    let content = match delta.get("content") {
        Some(Value::Array(parts)) => parts.iter().filter_map(part).collect(),
        Some(content) => part(content).unwrap_or_default().to_owned(),
        None => String::new(),
    };
    // A model that declines uses another field for its text.
    content + delta.get("refusal").and_then(Value::as_str).unwrap_or_default()
}

fn part(part: &Value) -> Option<&str> {
    part.as_str().or_else(|| part.get("text")?.as_str())
}

/// The reasoning of a delta, which is billed but not shown: in fields of its own, or as parts of the
/// content (Mistral).
pub(super) fn reasoning(delta: &Value) -> String {
    let field = |name: &str| delta.get(name)?.as_str();
    if let Some(text) = field("reasoning_content").or_else(|| field("reasoning")) {
        return text.to_owned();
    }
    let parts = delta.get("content").and_then(Value::as_array).into_iter().flatten();
    let thoughts = parts.filter_map(|part| part.get("thinking"));
    thoughts
        .flat_map(|thought| match thought {
            Value::Array(thoughts) => thoughts.iter().filter_map(part).collect(),
            thought => Vec::from_iter(part(thought)),
        })
        .collect()
}
