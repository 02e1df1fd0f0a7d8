//! Bodies of a chat: our own, and those of the AI SDK's transports.

mod message;

use message::{Message, Messages, UserMessage};
use serde::Deserialize;
use shared::app::chat::{self, Chat, NewMessage};
use shared::http::Result;
use shared::id::ConversationId;
use shared::problem::Problem;

/// What a client sends; fields that it has besides are ignored, as apps send their own.
#[derive(Deserialize)]
pub struct Body {
    /// The chat, as the AI SDK names it.
    id: Option<String>,
    /// The conversation, as we name it.
    conversation_id: Option<ConversationId>,
    /// The message, as text or in the AI SDK's form.
    message: Option<Message>,
    /// All messages of the chat.
    messages: Option<Messages>,
    /// What is wanted.
    #[serde(default)]
    trigger: Trigger,
    /// The message that is edited, or the answer that is made anew.
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
    /// Whether the AI SDK has sent it, which reads streams.
    pub fn is_of_ai_sdk(&self) -> bool {
        self.messages.is_some() || matches!(self.message, Some(Message::Ui(_)))
    }

    /// Where it happens, and what is wanted.
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
        let asked = message.map(|message| asked(message).map_err(invalid)).transpose();
        let ask = match self.trigger {
            Trigger::SubmitMessage => chat::Trigger::Submit {
                asked: asked?.ok_or_else(|| invalid("is required".to_owned()))?,
                edits: self.message_id,
            },
            // Without an answer's name, it is about what was asked last.
            Trigger::RegenerateMessage if self.message_id.is_none() => {
                chat::Trigger::Regenerate { answer: None, asked: asked? }
            }
            Trigger::RegenerateMessage => {
                chat::Trigger::Regenerate { answer: self.message_id, asked: asked.ok().flatten() }
            }
        };
        Ok((chat, ask))
    }
}

/// A message that may be asked, or the rule that it breaks.
fn asked(message: UserMessage) -> std::result::Result<NewMessage, String> {
    let text = message.text.try_into().map_err(|error| format!("{error}"))?;
    let client_id = message.id.filter(|id| !id.is_empty()).map(TryInto::try_into).transpose();
    let client_id = client_id.map_err(|error| format!("has an id that {error}"))?;
    Ok(NewMessage { text, client_id })
}

#[cfg(test)]
mod tests;
