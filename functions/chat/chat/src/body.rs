//! Bodies of chat requests: our own form, and the forms of the AI SDK's transports.

mod message;

use message::{Message, Messages, UserMessage};
use serde::Deserialize;
use shared::app::chat::{self, Chat, NewMessage};
use shared::http::Result;
use shared::id::ConversationId;
use shared::problem::Problem;

/// The body that a client sends. Other fields are ignored, since apps add their own.
#[derive(Deserialize)]
pub struct Body {
    /// The chat, in the AI SDK's name for it.
    id: Option<String>,
    /// The conversation, in our name for it.
    conversation_id: Option<ConversationId>,
    /// The message, as text or in the AI SDK's form.
    message: Option<Message>,
    /// All messages of the chat.
    messages: Option<Messages>,
    /// What the turn is about.
    #[serde(default)]
    trigger: Trigger,
    /// The message to edit, or the reply to make again.
    #[serde(rename = "messageId")]
    message_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Trigger {
    #[default]
    SubmitMessage,
    RegenerateMessage,
}

impl Body {
    /// Whether it has the AI SDK's form; the AI SDK reads streams.
    pub fn is_of_ai_sdk(&self) -> bool {
        self.messages.is_some() || matches!(self.message, Some(Message::Ui(_)))
    }

    /// The conversation, and what the turn is about.
    pub fn parse(self) -> Result<(Option<Chat>, chat::Trigger)> {
        let chat = match (self.conversation_id, self.id) {
            (Some(id), _) => Some(Chat::Conversation(id)),
            (None, Some(id)) if !id.is_empty() => Some(id.parse()?),
            _ => None,
        };
        let (message, pointer) = match (self.message, self.messages) {
            (Some(Message::Text(text)), _) => (Some(UserMessage { id: None, text }), "/message"),
            (Some(Message::Ui(message)), _) => (Some(message), "/message"),
            (None, Some(Messages(last))) => (last, "/messages"),
            (None, None) => (None, "/message"),
        };
        let invalid =
            |detail: String| Problem::InvalidField { pointer: pointer.to_owned(), detail };
        let message = message.map(|message| new_message(message).map_err(invalid)).transpose();
        let trigger = match self.trigger {
            Trigger::SubmitMessage => chat::Trigger::Submit {
                message: message?.ok_or_else(|| invalid("is required".to_owned()))?,
                edits: self.message_id,
            },
            // Without the name of a reply, it is about the last question.
            Trigger::RegenerateMessage if self.message_id.is_none() => {
                chat::Trigger::Regenerate { reply: None, message: message? }
            }
            Trigger::RegenerateMessage => chat::Trigger::Regenerate {
                reply: self.message_id,
                message: message.ok().flatten(),
            },
        };
        Ok((chat, trigger))
    }
}

/// The message as a question, or the rule that it breaks.
fn new_message(message: UserMessage) -> std::result::Result<NewMessage, String> {
    let text = message.text.try_into().map_err(|error| format!("{error}"))?;
    let client_id = message.id.filter(|id| !id.is_empty()).map(TryInto::try_into).transpose();
    let client_id = client_id.map_err(|error| format!("has an id that {error}"))?;
    Ok(NewMessage { text, client_id })
}

#[cfg(test)]
mod tests;
