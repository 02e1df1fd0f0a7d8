//! Bodies of chat requests: our own form, and the forms of the AI SDK's transports.

mod message;
mod raw;

use message::UserMessage;
use raw::Raw;
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::app::chat::Chat;
use shared::http::{self, IgnoredParts, Result};
use shared::id::{ConversationId, MessageId};
use shared::placement::{Before, NewMessage, ParentName, Sent};
use shared::problem::Problem;

/// What a client asks for.
pub struct Body {
    /// The conversation, if the client names one.
    pub chat: Option<Chat>,
    /// What the turn is about.
    pub sent: Sent,
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
        let regenerate = matches!(trigger, Some(Trigger::RegenerateMessage));
        let (question, before) = match (message, messages) {
            (Some(message), _) => alone(message, parent(body)?),
            (None, Some(messages)) => {
                let (last, before) = UserMessage::last(messages)?;
                let before = if before.is_empty() && trigger.is_none() {
                    // It is the last message of a chat, or the first one.
                    Before::Message(parent(body)?)
                } else {
                    Before::List(before)
                };
                (last.map(UserMessage::read).transpose(), before)
            }
            (None, None) => (Ok(None), Before::Text(parent(body)?)),
        };
        // Where another reply is wanted and named, the message may break a rule.
        let question =
            if regenerate && message_id.is_some() { question.ok().flatten() } else { question? };
        if question.is_none() && !regenerate {
            return Err(match messages {
                Some(_) => invalid("/messages", "has no message of the user"),
                None => invalid("/message", "is required"),
            });
        }
        let (message, ignored) = question.unzip();
        let sent = Sent { message, regenerate, named: message_id, before };
        Ok(Self { chat, sent, is_of_ai_sdk, ignored: ignored.unwrap_or_default() })
    }
}

type Question = Option<(NewMessage, IgnoredParts)>;

/// The field `message`: text, or a message of the AI SDK.
fn alone(message: Raw<'_>, parent: Option<ParentName>) -> (Result<Question>, Before) {
    if message.is_object() {
        let read = UserMessage::alone(message).and_then(UserMessage::read);
        return (read.map(Some), Before::Message(parent));
    }
    let text = message.text().ok_or_else(|| invalid("/message", "must be text or a message"));
    let text = text
        .and_then(|text| text.try_into().map_err(|error| invalid("/message", &format!("{error}"))));
    let question = |text| Some((NewMessage { text, client_id: None }, IgnoredParts::default()));
    (text.map(question), Before::Text(parent))
}

/// The message that the question follows, if the body says so.
fn parent(body: Raw<'_>) -> Result<Option<ParentName>> {
    let Some(raw) = body.field("parent_id")? else { return Ok(None) };
    let id = raw.number().and_then(|number| MessageId::try_from(number).ok());
    let name = match (id, raw.text()) {
        _ if raw.is_null() => Some(ParentName::Root),
        (Some(id), _) => Some(ParentName::Id(id)),
        (None, text) => text.filter(|text| !text.is_empty()).map(ParentName::Text),
    };
    let rule = "must be the id of a message, or null for the first of a branch";
    name.map(Some).ok_or_else(|| invalid("/parent_id", rule))
}

fn invalid(pointer: &str, rule: &str) -> Problem {
    Problem::InvalidField { pointer: pointer.to_owned(), detail: rule.to_owned() }
}

#[cfg(test)]
mod tests;
