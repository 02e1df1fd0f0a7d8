//! Helpers for the tests of all assistants.

mod server;

use tokio::sync::mpsc;

use super::{Assistant, AssistantError, Ending, Prompt, PromptMessage};
use crate::model::Role;

pub(super) use server::{Server, Step, chunk, chunked};

/// A prompt with one question.
pub(super) fn prompt(question: &str) -> Prompt {
    let message = PromptMessage { role: Role::User, content: question.to_owned() };
    Prompt { system: "Be kind.".to_owned(), messages: vec![message], max_characters: 10_000 }
}

/// Asks the assistant, and collects the deltas.
pub(super) async fn ask(
    assistant: &dyn Assistant,
    prompt: &Prompt,
) -> (Vec<String>, Result<Ending, AssistantError>) {
    let (sender, mut receiver) = mpsc::channel(1);
    let collect = async {
        let mut deltas = Vec::new();
        while let Some(delta) = receiver.recv().await {
            deltas.push(delta);
        }
        deltas
    };
    let (ending, deltas) = tokio::join!(assistant.reply(prompt, sender), collect);
    (deltas, ending)
}
