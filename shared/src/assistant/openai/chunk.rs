//! Events of a chat completion. Servers leave fields out and add others and whole events of their
//! own, so we require only what we read.

use serde_json::Value;

use super::choice::{self, Reason};
use super::counts::counts;
use crate::assistant::meter::Counts;

/// What an event says about a reply.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Chunk {
    /// Whether it belongs to a chat completion. Others may count tokens all the same.
    pub(super) is_completion: bool,
    /// Whether it adds to the reply, as opposed to repeating all of it.
    pub(super) is_delta: bool,
    /// Whether it has no choice: it says something about the reply, such as its tokens.
    pub(super) has_no_choice: bool,
    /// The text that it adds; may be empty.
    pub(super) text: String,
    /// The reasoning that it adds.
    pub(super) reasoning: String,
    /// Why the reply ends.
    pub(super) reason: Option<Reason>,
    /// Tokens of prompt and reply.
    pub(super) counts: Option<Counts>,
}

/// Why an event is not a chunk.
#[derive(Debug, PartialEq)]
pub(super) enum ChunkError {
    /// The server reports an error.
    Failed(Value),
    /// It looks like JSON, and is none: a part of the reply is lost.
    Malformed,
}

/// Reads the data of an event, or a whole reply that is not streamed. An event that is named as an
/// error is one, whatever it contains.
pub(super) fn parse(data: &str, is_error: bool) -> Result<Chunk, ChunkError> {
    let event: Value = match serde_json::from_str(data) {
        Ok(event) => event,
        Err(_) if is_error => Value::String(data.to_owned()),
        Err(_) if data.trim_start().starts_with(['{', '[']) => return Err(ChunkError::Malformed),
        // Words that a proxy sends to keep the connection open.
        Err(_) => return Ok(Chunk::default()),
    };
    if is_error || reports_error(&event) {
        return Err(ChunkError::Failed(event));
    }
    let Some(choices) = event.get("choices") else {
        return Ok(Chunk { counts: counts(&event), ..Chunk::default() });
    };
    let choice = choices.get(0).unwrap_or(&Value::Null);
    let reason = choice::reason(choice);
    if reason == Some(Reason::Failed) {
        return Err(ChunkError::Failed(event));
    }
    let field = |name: &str| choice.get(name).filter(|value| !value.is_null());
    let delta = field("delta");
    let said = delta.or_else(|| field("message")).unwrap_or(&Value::Null);
    let plain = || field("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Chunk {
        is_completion: true,
        is_delta: delta.is_some(),
        has_no_choice: choice.is_null(),
        text: if said.is_null() { plain() } else { choice::text(said) },
        reasoning: choice::reasoning(said),
        reason,
        counts: counts(&event),
    })
}

fn reports_error(event: &Value) -> bool {
    let is_error = match event.get("error") {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Object(fields)) => !fields.is_empty(),
        Some(_) => true,
    };
    is_error || event.get("object").and_then(Value::as_str) == Some("error")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::Finish;
    use proptest::prelude::*;

    fn read(data: &str) -> Chunk {
        parse(data, false).unwrap()
    }

    #[test]
    fn full_chunks() {
        let chunk = read(
            r#"{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","obfuscation":"x",
            "choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}],"usage":null}"#,
        );
        let expected = Chunk {
            is_completion: true,
            is_delta: true,
            text: "Hi".to_owned(),
            ..Chunk::default()
        };
        assert_eq!(chunk, expected);
        let chunk = read(r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#);
        assert_eq!(chunk.reason, Some(Reason::Known(Finish::Length)));
        let chunk = read(r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#);
        let counts = Counts { input: Some(3), output: Some(4) };
        assert_eq!((chunk.counts, chunk.has_no_choice, chunk.reason), (Some(counts), true, None));
    }

    #[test]
    fn sparse_and_odd_chunks() {
        for data in [
            r#"{"choices":[]}"#,
            r#"{"choices":null,"prompt_filter_results":[]}"#,
            r#"{"choices":[{"delta":null,"finish_reason":null}]}"#,
            r#"{"choices":[{"delta":{"role":"","content":null}}]}"#,
            r#"{"choices":[{"delta":{"content":7}}],"error":null,"usage":{}}"#,
            r#"{"choices":[{"delta":{"content":""}}],"error":{}}"#,
        ] {
            let chunk = read(data);
            assert!(chunk.is_completion && chunk.reason.is_none(), "{data}");
            assert!(chunk.text.is_empty() && chunk.reasoning.is_empty(), "{data}");
        }
        let text = |data| read(data).text;
        assert_eq!(text(r#"{"choices":[{"delta":{"refusal":"I can't."}}]}"#), "I can't.");
        let parts =
            r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"type":"x"}]}}]}"#;
        assert_eq!(text(parts), "a");
        assert_eq!(text(r#"{"choices":[{"message":{"content":"whole"}}]}"#), "whole");
        assert_eq!(text(r#"{"choices":[{"delta":null,"message":{"content":"whole"}}]}"#), "whole");
        assert_eq!(text(r#"{"choices":[{"text":"plain"}]}"#), "plain");
    }

    #[test]
    fn reasoning_is_not_text() {
        for data in [
            r#"{"choices":[{"delta":{"content":null,"reasoning_content":"hm"}}]}"#,
            r#"{"choices":[{"delta":{"reasoning":"hm","reasoning_details":[{"text":"hm"}]}}]}"#,
            r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]}"#,
        ] {
            let chunk = read(data);
            assert_eq!((chunk.text.as_str(), chunk.reasoning.as_str()), ("", "hm"), "{data}");
        }
    }

    #[test]
    fn errors_and_nonsense() {
        for data in [
            r#"{"error":{"message":"boom","type":"server_error"}}"#,
            r#"{"error":"boom"}"#,
            r#"{"object":"error","message":"boom"}"#,
            r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#,
        ] {
            assert!(matches!(parse(data, false), Err(ChunkError::Failed(_))), "{data}");
        }
        for data in ["boom", r#"{"message":"boom"}"#] {
            assert!(matches!(parse(data, true), Err(ChunkError::Failed(_))), "{data}");
        }
        for data in ["{not json", r#"{"choices":[{"delta":{"cont"#, "[{"] {
            assert_eq!(parse(data, false), Err(ChunkError::Malformed), "{data}");
        }
    }

    #[test]
    fn e3_events_of_other_kinds_say_nothing() {
        for data in ["", "ping", "{}", "[]", "1", ": OPENROUTER PROCESSING", r#"{"sources":[{}]}"#]
        {
            assert_eq!(read(data), Chunk::default(), "{data}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(data in "\\PC{0,60}") {
            let _ = parse(&data, false);
        }
    }
}
