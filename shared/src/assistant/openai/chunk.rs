//! Events of a chat completion. Servers leave fields out and add others, so we require only the
//! fields that we read.

use serde_json::Value;

use crate::assistant::Finish;

/// One event of a reply.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Chunk {
    /// The text that it adds; may be empty.
    pub(super) text: String,
    /// Why the reply ends.
    pub(super) finish: Option<Finish>,
    /// Tokens of prompt and reply.
    pub(super) usage: Option<(u64, u64)>,
    /// Whether the reply is over after this event.
    pub(super) is_last: bool,
}

/// Why an event is not a chunk.
#[derive(Debug, PartialEq)]
pub(super) enum ChunkError {
    /// The server reports that it failed in mid-stream.
    Failed(Value),
    /// It is not an event of a chat completion.
    Unknown,
}

/// Reads the data of an event, or a whole reply that is not streamed.
pub(super) fn parse(data: &str) -> Result<Chunk, ChunkError> {
    let event: Value = serde_json::from_str(data).map_err(|_| ChunkError::Unknown)?;
    let is_error = event.get("error").is_some_and(|error| !error.is_null());
    if is_error || event.get("object").and_then(Value::as_str) == Some("error") {
        return Err(ChunkError::Failed(event));
    }
    let choice = event.pointer("/choices/0").unwrap_or(&Value::Null);
    if choice.is_null() && event.get("choices").is_none() && event.get("usage").is_none() {
        return Err(ChunkError::Unknown);
    }
    let finish = choice.get("finish_reason").and_then(Value::as_str);
    if finish == Some("error") {
        return Err(ChunkError::Failed(event));
    }
    let usage = event.get("usage").and_then(usage);
    Ok(Chunk {
        text: choice.get("delta").or_else(|| choice.get("message")).map(text).unwrap_or_default(),
        finish: finish.map(finish_reason),
        usage,
        is_last: finish.is_some() || (choice.is_null() && usage.is_some()),
    })
}

fn text(delta: &Value) -> String {
    let content = match delta.get("content") {
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| part.get("text")?.as_str()).collect()
        }
        content => content.and_then(Value::as_str).unwrap_or_default().to_owned(),
    };
    // A model that declines uses another field for its text.
    content + delta.get("refusal").and_then(Value::as_str).unwrap_or_default()
}

fn finish_reason(reason: &str) -> Finish {
    match reason {
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" => Finish::Stop,
        "length" | "max_tokens" => Finish::Length,
        "content_filter" => Finish::ContentFilter,
        _ => Finish::Other,
    }
}

fn usage(usage: &Value) -> Option<(u64, u64)> {
    let tokens = |name| usage.get(name).and_then(Value::as_u64);
    Some((tokens("prompt_tokens")?, tokens("completion_tokens")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn full_chunks() {
        let chunk = parse(
            r#"{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","obfuscation":"x",
            "choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}],"usage":null}"#,
        );
        assert_eq!(chunk.unwrap(), Chunk { text: "Hi".to_owned(), ..Chunk::default() });
        let chunk = parse(r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#).unwrap();
        assert_eq!((chunk.finish, chunk.is_last), (Some(Finish::Length), true));
        let chunk =
            parse(r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#).unwrap();
        assert_eq!((chunk.usage, chunk.is_last), (Some((3, 4)), true));
    }

    #[test]
    fn sparse_and_odd_chunks() {
        for data in [
            r#"{"choices":[]}"#,
            r#"{"choices":null,"prompt_filter_results":[]}"#,
            r#"{"choices":[{"delta":null,"finish_reason":null}]}"#,
            r#"{"choices":[{"delta":{"role":"","content":null,"reasoning_content":"hm"}}]}"#,
            r#"{"choices":[{"delta":{"reasoning":"hm"}}],"error":null,"usage":{}}"#,
        ] {
            assert_eq!(parse(data).unwrap(), Chunk::default(), "{data}");
        }
        let text = |data| parse(data).unwrap().text;
        assert_eq!(text(r#"{"choices":[{"delta":{"refusal":"I can't."}}]}"#), "I can't.");
        let parts =
            r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"type":"x"}]}}]}"#;
        assert_eq!(text(parts), "a");
        assert_eq!(text(r#"{"choices":[{"message":{"content":"whole"}}]}"#), "whole");
    }

    #[test]
    fn errors_and_nonsense() {
        for data in [
            r#"{"error":{"message":"boom","type":"server_error"}}"#,
            r#"{"error":"boom"}"#,
            r#"{"object":"error","message":"boom"}"#,
            r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#,
        ] {
            assert!(matches!(parse(data), Err(ChunkError::Failed(_))), "{data}");
        }
        for data in ["", "ping", "{}", "[]", "1", r#"{"detail":"not found"}"#] {
            assert_eq!(parse(data), Err(ChunkError::Unknown), "{data}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(data in "\\PC{0,60}") {
            let _ = parse(&data);
        }
    }
}
