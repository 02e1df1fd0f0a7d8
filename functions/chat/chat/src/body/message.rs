//! Messages in the AI SDK's form; the user's last one counts. Nothing else stays in memory, since
//! apps send whole chats, with files in them.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The message of a body that has one.
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

/// All messages of a chat, reduced to the user's last one.
pub struct Messages(pub Option<UserMessage>);

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
struct Part {
    r#type: PartType,
    text: Option<Text>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum PartType {
    Text,
    #[serde(other)]
    Other,
}

/// The `text` of a part. Parts of other types may have any value in this field.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Other(IgnoredAny),
}

impl TryFrom<UiMessage> for UserMessage {
    type Error = &'static str;

    fn try_from(message: UiMessage) -> Result<Self, Self::Error> {
        let UiMessage { id, role: Role::User, parts } = message else {
            return Err("must be a message of the user");
        };
        let texts = parts.into_iter().filter_map(|part| match part {
            Part { r#type: PartType::Text, text: Some(Text::Text(text)) } => Some(text),
            _ => None,
        });
        Ok(Self { id, text: texts.collect() })
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrMessage;
        impl<'de> Visitor<'de> for TextOrMessage {
            type Value = Message;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a message of the user")
            }

            fn visit_str<E>(self, text: &str) -> Result<Message, E> {
                Ok(Message::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Message, A::Error> {
                UserMessage::deserialize(MapAccessDeserializer::new(map)).map(Message::Ui)
            }
        }
        deserializer.deserialize_any(TextOrMessage)
    }
}

impl<'de> Deserialize<'de> for Messages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LastOfUser;
        impl<'de> Visitor<'de> for LastOfUser {
            type Value = Messages;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of messages")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut messages: A) -> Result<Messages, A::Error> {
                let mut last = None;
                while let Some(message) = messages.next_element::<UiMessage>()? {
                    last = UserMessage::try_from(message).ok().or(last);
                }
                Ok(Messages(last))
            }
        }
        deserializer.deserialize_seq(LastOfUser)
    }
}
