//! Bodies of chat requests: our own form, and the forms of the AI SDK's transports.

mod message;
mod raw;

use message::UserMessage;
use raw::Raw;
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::app::chat::{self, Chat, NewMessage};
use shared::http::{self, IgnoredParts, Result};
use shared::id::ConversationId;
use shared::problem::Problem;

/// What a client asks for.
pub struct Body {
    /// The conversation, if the client names one.
    pub chat: Option<Chat>,
    /// What the turn is about.
    pub trigger: chat::Trigger,
    /// Whether it has the AI SDK's form; the AI SDK reads streams.
    pub is_of_ai_sdk: bool,
    /// What was left out of the message.
    pub ignored: IgnoredParts,
}

/// The fields that are small. All others but the message are ignored, since apps add their own.
#[derive(Deserialize)]
struct Fields {
    /// The chat, in the AI SDK's name for it.
    id: Option<String>,
    /// The conversation, in our name for it.
    conversation_id: Option<ConversationId>,
    /// What the turn is about.
    trigger: Option<Trigger>,
    /// The message to edit, or the reply to make again.
    #[serde(rename = "messageId")]
    message_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Trigger {
    SubmitMessage,
    RegenerateMessage,
}

const NAMES: [&str; 4] = ["id", "conversation_id", "trigger", "messageId"];

impl Body {
    /// Reads the text of a body. Only what is read here can make it fail.
    pub fn parse(text: &str) -> Result<Self> {
        let body = Raw::of(text)?;
        if !body.is_object() {
            return Err(invalid("", "must be an object"));
        }
        let [message, messages] = body.fields(["message", "messages"])?;
        let mut small = Map::new();
        for (name, raw) in NAMES.iter().zip(body.fields(NAMES)?) {
            small.insert((*name).to_owned(), raw.map_or(Ok(Value::Null), Raw::shallow)?);
        }
        let Fields { id, conversation_id, trigger, message_id } = http::typed(small.into())?;
        let chat = match (conversation_id, id) {
            (Some(id), _) => Some(Chat::Conversation(id)),
            (None, Some(id)) if !id.is_empty() => Some(id.parse()?),
            _ => None,
        };
        let is_of_ai_sdk = messages.is_some() || message.is_some_and(Raw::is_object);
        let question = question(message, messages);
        let (trigger, ignored) = match trigger {
            None | Some(Trigger::SubmitMessage) => {
                let at = if messages.is_some() { "/messages" } else { "/message" };
                let rule =
                    if messages.is_some() { "has no message of the user" } else { "is required" };
                let (message, ignored) = question?.ok_or_else(|| invalid(at, rule))?;
                (chat::Trigger::Submit { message, edits: message_id }, ignored)
            }
            // Without the name of a reply, it is about the last question.
            Some(Trigger::RegenerateMessage) if message_id.is_none() => {
                let (message, ignored) = question?.unzip();
                (chat::Trigger::Regenerate { reply: None, message }, ignored.unwrap_or_default())
            }
            Some(Trigger::RegenerateMessage) => {
                let (message, ignored) = question.ok().flatten().unzip();
                let ignored = ignored.unwrap_or_default();
                (chat::Trigger::Regenerate { reply: message_id, message }, ignored)
            }
        };
        Ok(Self { chat, trigger, is_of_ai_sdk, ignored })
    }
}

/// The message that the turn is about, if the body has one.
fn question(
    message: Option<Raw<'_>>,
    messages: Option<Raw<'_>>,
) -> Result<Option<(NewMessage, IgnoredParts)>> {
    let Some(message) = message else {
        let last = messages.map(UserMessage::last).transpose()?.flatten();
        return last.map(UserMessage::read).transpose();
    };
    if message.is_object() {
        return UserMessage::alone(message)?.read().map(Some);
    }
    let text = message.text().ok_or_else(|| invalid("/message", "must be text or a message"))?;
    let text = text.try_into().map_err(|error| invalid("/message", &format!("{error}")))?;
    Ok(Some((NewMessage { text, client_id: None }, IgnoredParts::default())))
}

fn invalid(pointer: &str, rule: &str) -> Problem {
    Problem::InvalidField { pointer: pointer.to_owned(), detail: rule.to_owned() }
}

#[cfg(test)]
mod tests;
