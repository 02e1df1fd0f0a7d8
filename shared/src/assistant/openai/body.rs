//! The body of a response. Its beginning decides whether it is a stream of events or JSON: servers
//! name the wrong content type.

use serde_json::{Deserializer, Value};

use super::events::{Event, Events, TooLarge};

/// Maximum size of a reply that is not streamed; bytes.
const MAX_BYTES: usize = 1 << 20;

/// Collects the events of a body.
#[derive(Debug)]
pub(super) enum Body {
    /// Nothing but white space has come.
    Empty,
    /// A stream of events.
    Events(Events),
    /// JSON: the whole reply as one value, or several values one after the other.
    Json(Vec<u8>),
}

impl Body {
    /// Takes the next bytes; returns the events that they complete.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLarge> {
        if matches!(self, Self::Empty) {
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
            *self = match text.first() {
                None => return Ok(Vec::new()),
                Some(b'{' | b'[') => Self::Json(Vec::new()),
                Some(_) => Self::Events(Events::default()),
            };
            return self.take(text);
        }
        match self {
            Self::Events(events) => events.take(bytes),
            Self::Json(json) if json.len() + bytes.len() > MAX_BYTES => Err(TooLarge),
            Self::Json(json) => {
                json.extend_from_slice(bytes);
                Ok(Vec::new())
            }
            Self::Empty => Ok(Vec::new()),
        }
    }

    /// The events that only the end of the body completes.
    pub(super) fn finish(self) -> Vec<Event> {
        match self {
            Self::Empty => Vec::new(),
            Self::Events(events) => events.finish().into_iter().collect(),
            Self::Json(json) => values(&json),
        }
    }

    pub(super) fn is_json(&self) -> bool {
        matches!(self, Self::Json(_))
    }
}

/// Each value is an event, and so is each element of a list. What is no JSON is an event too: whoever
/// reads it says so.
fn values(json: &[u8]) -> Vec<Event> {
    let event = |value: &Value| Event { data: value.to_string(), is_error: false };
    let mut events = Vec::new();
    for value in Deserializer::from_slice(json).into_iter::<Value>() {
        match value {
            Ok(Value::Array(values)) => events.extend(values.iter().map(event)),
            Ok(value) => events.push(event(&value)),
            Err(_) => {
                let data = String::from_utf8_lossy(json).into_owned();
                events.push(Event { data, is_error: false });
                break;
            }
        }
    }
    events
}
