//! Assistants reply to questions. They get a system prompt and the messages so far, and know neither
//! the table nor our HTTP responses.

mod bedrock;
mod echo;
mod error;
mod lost;
mod meter;
mod openai;
mod opening;
pub mod prompt;
mod redact;
mod retry_after;
mod sink;
#[cfg(test)]
mod testing;
mod timed;
mod usage;
pub mod window;
mod wording;

use std::fmt::Debug;
use std::pin::Pin;

use crate::config::{AssistantConfig, AssistantKind};
use crate::model::Role;

pub use crate::model::{Ending, Finish, Usage};
pub use error::{AssistantError, ReplyFailure};
pub use timed::Timed;
pub use usage::TextLength;

use sink::Sink;

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

impl Prompt {
    /// The first question for a model that takes no system prompt: the prompt stands before it.
    fn with_system(&self, first_question: &str) -> String {
        format!("{}\n\n{first_question}", self.system)
    }
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
type ReplyFuture<'a> = Pin<Box<dyn Future<Output = Result<Finish, AssistantError>> + Send + 'a>>;

/// Something that replies. [`Timed`] adds what all of them need.
trait Assistant: Send + Sync + Debug {
    /// Puts the reply into the sink as it comes. It ends early, without an error, when nobody
    /// receives it any more.
    fn reply<'a>(&'a self, prompt: &'a Prompt, sink: Sink<'a>) -> ReplyFuture<'a>;
}

/// The assistant of this configuration, with its deadlines. Connects to nothing yet.
pub fn configured(config: &AssistantConfig) -> Timed {
    let assistant: Box<dyn Assistant> = match &config.kind {
        AssistantKind::Echo { faults } => Box::new(echo::Echo { faults: *faults }),
        AssistantKind::Bedrock(config) => Box::new(bedrock::Bedrock::new(config)),
        AssistantKind::OpenAi(config) => Box::new(openai::OpenAi::new(config.clone())),
    };
    // Echo is no model: it would repeat the question.
    let titles = config.titles && !matches!(config.kind, AssistantKind::Echo { .. });
    let instructions = config.instructions.clone();
    Timed::new(assistant, config.deadlines).instructed(instructions).with_titles(titles)
}
