//! What the tests of all assistants need.

mod server;

use tokio::sync::mpsc;

use super::{Assistant, AssistantError, Ending, Prompt, Turn};
use crate::model::Role;

pub(super) use server::{Server, Step, chunk, chunked};

/// A prompt with one question.
pub(super) fn prompt(question: &str) -> Prompt {
    let turn = Turn { role: Role::User, content: question.to_owned() };
    Prompt { system: "Be kind.".to_owned(), messages: vec![turn], max_characters: 10_000 }
}

/// Asks, and collects the pieces.
pub(super) async fn ask(
    assistant: &dyn Assistant,
    prompt: &Prompt,
) -> (Vec<String>, Result<Ending, AssistantError>) {
    let (sender, mut receiver) = mpsc::channel(1);
    let collect = async {
        let mut pieces = Vec::new();
        while let Some(piece) = receiver.recv().await {
            pieces.push(piece);
        }
        pieces
    };
    let (ending, pieces) = tokio::join!(assistant.answer(prompt, sender), collect);
    (pieces, ending)
}
