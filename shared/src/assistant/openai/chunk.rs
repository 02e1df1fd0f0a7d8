//! What an event of a chat completion says. Servers differ in what they leave out and what they
//! add, so that only what is looked for must be there.

use serde_json::Value;

use crate::assistant::Finish;

/// One event of an answer.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Chunk {
    /// The text that it adds; empty if it adds none.
    pub(super) text: String,
    /// The reason that ends the answer.
    pub(super) finish: Option<Finish>,
    /// Tokens of prompt and answer.
    pub(super) usage: Option<(u64, u64)>,
    /// Whether the answer is over, as far as this event tells.
    pub(super) is_last: bool,
}

/// What an event is instead.
#[derive(Debug, PartialEq)]
pub(super) enum NoChunk {
    /// The server failed in mid-stream.
    Error(Value),
    /// It is nothing of a chat completion.
    Nonsense,
}

/// Reads the data of an event, or a whole answer that came without a stream.
pub(super) fn parse(data: &str) -> Result<Chunk, NoChunk> {
    let event: Value = serde_json::from_str(data).map_err(|_| NoChunk::Nonsense)?;
    let is_error = event.get("error").is_some_and(|error| !error.is_null());
    if is_error || event.get("object").and_then(Value::as_str) == Some("error") {
        return Err(NoChunk::Error(event));
    }
    let choice = event.pointer("/choices/0").unwrap_or(&Value::Null);
    if choice.is_null() && event.get("choices").is_none() && event.get("usage").is_none() {
        return Err(NoChunk::Nonsense);
    }
    let finish = choice.get("finish_reason").and_then(Value::as_str);
    if finish == Some("error") {
        return Err(NoChunk::Error(event));
    }
    let usage = event.get("usage").and_then(usage);
    Ok(Chunk {
        text: choice.get("delta").or_else(|| choice.get("message")).map(text).unwrap_or_default(),
        finish: finish.map(reason),
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
    // A model that declines says so in a field of its own.
    content + delta.get("refusal").and_then(Value::as_str).unwrap_or_default()
}

fn reason(reason: &str) -> Finish {
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
            assert!(matches!(parse(data), Err(NoChunk::Error(_))), "{data}");
        }
        for data in ["", "ping", "{}", "[]", "1", r#"{"detail":"not found"}"#] {
            assert_eq!(parse(data), Err(NoChunk::Nonsense), "{data}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(data in "\\PC{0,60}") {
            let _ = parse(&data);
        }
    }
}
