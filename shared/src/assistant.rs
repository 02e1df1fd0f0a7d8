//! Assistants reply to questions. They get a system prompt and the messages so far, and know neither
//! the table nor our HTTP responses.

mod bedrock;
mod echo;
mod error;
mod openai;
pub mod prompt;
mod redact;
#[cfg(test)]
mod testing;
mod timed;
mod usage;
pub mod window;

use std::fmt::Debug;
use std::pin::Pin;

use tokio::sync::mpsc::Sender;

use crate::config::{AssistantConfig, AssistantKind};
use crate::model::Role;

pub use crate::model::{Ending, Finish, Usage};
pub use error::AssistantError;
pub use timed::Timed;

/// What an assistant is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// How to reply, and for whom; see [`prompt::system`].
    pub system: String,
    /// The conversation: roles alternate, the first and the last message are the user's. See
    /// [`window`].
    pub messages: Vec<PromptMessage>,
    /// Maximum characters of the reply; the rest is cut off.
    pub max_characters: usize,
}

/// A message of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptMessage {
    /// Who wrote it.
    pub role: Role,
    /// Its text.
    pub content: String,
}

/// A reply under way; see [`Assistant::reply`].
pub type ReplyFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Ending, AssistantError>> + Send + 'a>>;

/// Something that replies.
pub trait Assistant: Send + Sync + Debug {
    /// Sends the reply's deltas as they come. It ends early, without an error, when nobody receives
    /// them any more. An empty delta says that the model is at work; [`Timed`] does not pass it on.
    fn reply<'a>(&'a self, prompt: &'a Prompt, deltas: Sender<String>) -> ReplyFuture<'a>;
}

/// The assistant of this configuration, with its deadlines. Connects to nothing yet.
pub fn configured(config: &AssistantConfig) -> Timed {
    let assistant: Box<dyn Assistant> = match &config.kind {
        AssistantKind::Echo { faults } => Box::new(echo::Echo { faults: *faults }),
        AssistantKind::Bedrock(config) => Box::new(bedrock::Bedrock::new(config)),
        AssistantKind::OpenAi(config) => Box::new(openai::OpenAi::new(config.clone())),
    };
    Timed::new(assistant, config.deadlines)
}
