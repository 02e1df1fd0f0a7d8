//! Helpers for the tests of all assistants.

use tokio::sync::mpsc;

use super::meter::Meter;
use super::{
    Assistant, AssistantError, Ending, Finish, Prompt, PromptMessage, ReplyFailure, Sink, Timed,
    Usage,
};
use crate::model::Role;

pub(super) use crate::connection::testing::server::{Server, Step, chunk, chunked};

/// A prompt with one question.
pub(super) fn prompt(question: &str) -> Prompt {
    let message = PromptMessage { role: Role::User, content: question.to_owned() };
    Prompt { system: "Be kind.".to_owned(), messages: vec![message], max_characters: 10_000 }
}

/// Asks the assistant, and collects its deltas that are not empty.
pub(super) async fn ask(
    assistant: &dyn Assistant,
    prompt: &Prompt,
) -> (Vec<String>, Result<Ending, AssistantError>) {
    let (deltas, ending, _) = ask_metered(assistant, prompt).await;
    (deltas, ending)
}

/// The same, and what can be billed, also if it fails.
pub(super) async fn ask_metered(
    assistant: &dyn Assistant,
    prompt: &Prompt,
) -> (Vec<String>, Result<Ending, AssistantError>, Option<Usage>) {
    let (sender, receiver) = mpsc::channel(1);
    let meter = Meter::default();
    meter.begin();
    let reply = assistant.reply(prompt, Sink::new(sender, &meter));
    let (finish, deltas) = tokio::join!(reply, collect(receiver));
    let usage = meter.usage(prompt);
    let ending = finish.map(|finish| Ending { finish, usage });
    (deltas, ending, meter.is_billed().then_some(usage))
}

/// Asks the assistant with deadlines and retries.
pub(super) async fn ask_timed(
    assistant: &Timed,
    prompt: &Prompt,
) -> (Vec<String>, Result<Ending, ReplyFailure>) {
    let (sender, receiver) = mpsc::channel(1);
    let (ending, deltas) = tokio::join!(assistant.reply(prompt, sender), collect(receiver));
    (deltas, ending)
}

/// Asks the assistant; the test receives the deltas itself.
pub(super) async fn ask_into(
    assistant: &dyn Assistant,
    prompt: &Prompt,
    deltas: mpsc::Sender<String>,
) -> Result<Finish, AssistantError> {
    assistant.reply(prompt, Sink::new(deltas, &Meter::default())).await
}

/// Asks the assistant while nobody receives its reply.
pub(super) async fn ask_unheard(
    assistant: &dyn Assistant,
    prompt: &Prompt,
) -> Result<Finish, AssistantError> {
    let (sender, receiver) = mpsc::channel(1);
    drop(receiver);
    ask_into(assistant, prompt, sender).await
}

async fn collect(mut deltas: mpsc::Receiver<String>) -> Vec<String> {
    let mut collected = Vec::new();
    while let Some(delta) = deltas.recv().await {
        collected.push(delta);
    }
    collected.retain(|delta| !delta.is_empty());
    collected
}
