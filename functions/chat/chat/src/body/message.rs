//! Messages in the AI SDK's form, of which the last one of the user counts.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

/// The message of a body that has one.
#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a text or a message of the user")]
pub enum Message {
    /// Its text.
    Text(String),
    /// In the AI SDK's form.
    Ui(UserMessage),
}

/// A message of the user.
#[derive(Deserialize)]
#[serde(try_from = "UiMessage")]
pub struct UserMessage {
    /// The client's own id of it.
    pub id: Option<String>,
    /// Its text.
    pub text: String,
}

#[derive(Deserialize)]
struct UiMessage {
    id: Option<String>,
    role: Role,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Role {
    User,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Part {
    Text {
        text: String,
    },
    #[serde(other)]
    Other,
}

impl TryFrom<UiMessage> for UserMessage {
    type Error = &'static str;

    fn try_from(message: UiMessage) -> Result<Self, Self::Error> {
        let UiMessage { id, role: Role::User, parts } = message else {
            return Err("must be a message of the user");
        };
        let texts = parts.into_iter().filter_map(|part| match part {
            Part::Text { text } => Some(text),
            Part::Other => None,
        });
        Ok(Self { id, text: texts.collect() })
    }
}

/// Reads messages one after another, and keeps the last one that is the user's.
pub fn last_of_user<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<UserMessage>>, D::Error> {
    deserializer.deserialize_seq(LastOfUser).map(Some)
}

struct LastOfUser;

impl<'de> Visitor<'de> for LastOfUser {
    type Value = Option<UserMessage>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut messages: A) -> Result<Self::Value, A::Error> {
        let mut last = None;
        while let Some(message) = messages.next_element::<UiMessage>()? {
            last = UserMessage::try_from(message).ok().or(last);
        }
        Ok(last)
    }
}
