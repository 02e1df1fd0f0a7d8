//! Which part of a conversation an assistant sees: enough to go on, and never more.

use super::Turn;
use crate::model::{Message, Role};

/// The most stored messages that an assistant sees.
pub const MAX_MESSAGES: usize = 20;
/// The most characters that the turns have together, the new question included.
pub const MAX_CHARACTERS: usize = 24_000;

const BETWEEN_MERGED: &str = "\n\n";

/// What an assistant sees of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The stored messages and the question: roles alternate, the first and the last are the
    /// user's.
    pub turns: Vec<Turn>,
    /// How many of the stored messages are in it.
    pub messages: usize,
    /// How many of the messages that were given are too old to be in it.
    pub left_out: usize,
}

impl Window {
    /// The newest stored messages, newest first, and the new question as turns. Taken are at most
    /// 20 messages and, with the question, 24,000 characters, from a message of the user's on.
    ///
    /// Questions without an answer that come last are left out: the question that they were asked
    /// with failed, and would fail this one too if they were the cause. Messages of one role in a
    /// row become one turn.
    pub fn new(newest_first: &[Message], question: &str) -> Self {
        let mut budget = MAX_CHARACTERS.saturating_sub(question.chars().count());
        let unanswered = newest_first.iter().take_while(|message| message.role == Role::User);
        let answered = newest_first.iter().skip(unanswered.count());
        let given = answered.len();
        let mut kept: Vec<&Message> = answered
            .take(MAX_MESSAGES)
            .take_while(|message| {
                let length = message.content.as_str().chars().count() + BETWEEN_MERGED.len();
                let left = budget.checked_sub(length);
                budget = left.unwrap_or_default();
                left.is_some()
            })
            .collect();
        while kept.pop_if(|oldest| oldest.role == Role::Assistant).is_some() {}
        let mut turns = merge(kept.iter().rev());
        turns.push(Turn { role: Role::User, content: question.to_owned() });
        Self { turns, messages: kept.len(), left_out: given - kept.len() }
    }
}

fn merge<'a>(oldest_first: impl Iterator<Item = &'a &'a Message>) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for message in oldest_first {
        let content = message.content.as_str();
        match turns.last_mut().filter(|last| last.role == message.role) {
            Some(last) => {
                last.content.push_str(BETWEEN_MERGED);
                last.content.push_str(content);
            }
            None => turns.push(Turn { role: message.role, content: content.to_owned() }),
        }
    }
    turns
}

#[cfg(test)]
mod tests;
