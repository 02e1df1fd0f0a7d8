//! Assistants: what answers a question. They are told a system prompt and the turns so far, and
//! know neither the table nor HTTP answers.

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

/// What an assistant is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// How to answer, and for whom; see [`prompt::system`].
    pub system: String,
    /// The conversation: roles alternate, the first and the last are the user's. See [`window`].
    pub messages: Vec<Turn>,
    /// The answer is cut after so many characters.
    pub max_characters: usize,
}

/// What one side said before the other spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

/// An answer under way; see [`Assistant::answer`].
pub type ReplyFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Ending, AssistantError>> + Send + 'a>>;

/// Something that answers.
pub trait Assistant: Send + Sync + Debug {
    /// Sends the answer's pieces as they come; ends early, without error, when nobody receives
    /// them any more. An empty piece says that the model is at work; [`Timed`] keeps it back.
    fn answer<'a>(&'a self, prompt: &'a Prompt, pieces: Sender<String>) -> ReplyFuture<'a>;
}

/// The assistant that the environment asks for, with its deadlines. Connects to nothing yet.
pub fn configured(config: &AssistantConfig) -> Timed {
    let assistant: Box<dyn Assistant> = match &config.kind {
        AssistantKind::Echo { faults } => Box::new(echo::Echo { faults: *faults }),
        AssistantKind::Bedrock(config) => Box::new(bedrock::Bedrock::new(config)),
        AssistantKind::OpenAi(config) => Box::new(openai::OpenAi::new(config.clone())),
    };
    Timed::new(assistant, config.deadlines)
}
