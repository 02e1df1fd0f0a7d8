//! The part of a conversation that an assistant sees.

use super::PromptMessage;
use crate::model::{Message, Role};

/// Maximum stored messages that an assistant sees.
pub const MAX_MESSAGES: usize = 20;
/// Maximum characters of all messages together, the new question included.
pub const MAX_CHARACTERS: usize = 24_000;

const BETWEEN_MERGED: &str = "\n\n";

/// The messages of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The stored messages and the question: roles alternate, the first and the last message are
    /// the user's.
    pub messages: Vec<PromptMessage>,
    /// Number of stored messages that are in it.
    pub included: usize,
    /// Number of stored messages that are too old to be in it.
    pub left_out: usize,
}

impl Window {
    /// Takes the stored messages, newest first, and the new question. The window has at most 20
    /// stored messages and, with the question, 24,000 characters. It begins with a message of the
    /// user.
    ///
    /// The last questions without a reply are left out: their runs failed, and if these questions
    /// were the cause, this run would fail too. Messages of one role in a row become one message.
    pub fn new(newest_first: &[Message], question: &str) -> Self {
        let mut budget = MAX_CHARACTERS.saturating_sub(question.chars().count());
        let without_reply = newest_first.iter().take_while(|message| message.role == Role::User);
        let replied = newest_first.iter().skip(without_reply.count());
        let given = replied.len();
        let mut included: Vec<&Message> = replied
            .take(MAX_MESSAGES)
            .take_while(|message| {
                let length = message.content.as_str().chars().count() + BETWEEN_MERGED.len();
                let remaining = budget.checked_sub(length);
                budget = remaining.unwrap_or_default();
                remaining.is_some()
            })
            .collect();
        while included.pop_if(|oldest| oldest.role == Role::Assistant).is_some() {}
        let mut messages = merge(included.iter().rev());
        messages.push(PromptMessage { role: Role::User, content: question.to_owned() });
        Self { messages, included: included.len(), left_out: given - included.len() }
    }
}

fn merge<'a>(oldest_first: impl Iterator<Item = &'a &'a Message>) -> Vec<PromptMessage> {
    let mut messages: Vec<PromptMessage> = Vec::new();
    for message in oldest_first {
        let content = message.content.as_str();
        match messages.last_mut().filter(|last| last.role == message.role) {
            Some(last) => {
                last.content.push_str(BETWEEN_MERGED);
                last.content.push_str(content);
            }
            None => {
                messages.push(PromptMessage { role: message.role, content: content.to_owned() })
            }
        }
    }
    messages
}

#[cfg(test)]
mod tests;
