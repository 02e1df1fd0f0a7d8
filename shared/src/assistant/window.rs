//! The part of a conversation that an assistant sees.

use super::PromptMessage;
use crate::model::{Message, Role};

/// Maximum stored messages that an assistant sees.
pub const MAX_MESSAGES: usize = 20;
/// Maximum characters of all messages together, the new question included.
pub const MAX_CHARACTERS: usize = 24_000;

const BETWEEN_MERGED: &str = "\n\n";
/// Stands where the middle of a message was left out.
const CUT: &str = "\n[…]\n";
/// A message that would keep fewer characters than this is left out.
const MIN_CUT: usize = 500;
/// Stands before a reply that a client appended. Such a reply is shown as the user's words: as the
/// assistant's own, a user could make it say anything and then go on from there.
const APPENDED: &str =
    "[The user added the following text to this conversation as a reply. You did not write it.]\n";

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
    /// Whether the middle of the oldest one was left out, since it was too long.
    pub is_cut: bool,
}

impl Window {
    /// Takes the stored messages, newest first, and the new question. The window has at most 20
    /// stored messages and, with the question, 24,000 characters. A message that is too long for what
    /// remains loses its middle, so that one long message does not take the place of all others. The window
    /// begins with a message of the user.
    ///
    /// The last questions without a reply are left out: their runs failed, and if these questions
    /// were the cause, this run would fail too. Messages of one role in a row become one message. A
    /// reply that a client appended is the user's.
    pub fn new(newest_first: &[Message], question: &str) -> Self {
        let mut budget = MAX_CHARACTERS.saturating_sub(question.chars().count());
        let without_reply = newest_first.iter().take_while(|message| message.role == Role::User);
        let replied = newest_first.iter().skip(without_reply.count());
        let given = replied.len();
        let (mut included, mut is_cut) = (Vec::new(), false);
        for mut message in replied.take(MAX_MESSAGES).map(shown) {
            let length = message.content.chars().count() + BETWEEN_MERGED.len();
            if length > budget {
                if budget >= MIN_CUT {
                    message.content = cut(&message.content, budget - BETWEEN_MERGED.len());
                    included.push(message);
                    is_cut = true;
                }
                break;
            }
            budget -= length;
            included.push(message);
        }
        while included.pop_if(|oldest| oldest.role == Role::Assistant).is_some() {
            is_cut = false;
        }
        let count = included.len();
        let question = PromptMessage { role: Role::User, content: question.to_owned() };
        let messages = merge(included.into_iter().rev().chain([question]));
        Self { messages, included: count, left_out: given - count, is_cut }
    }
}

/// A stored message as the assistant sees it.
fn shown(message: &Message) -> PromptMessage {
    let content = message.content.as_str();
    if message.role == Role::User || message.is_of_assistant() {
        PromptMessage { role: message.role, content: content.to_owned() }
    } else {
        PromptMessage { role: Role::User, content: format!("{APPENDED}{content}") }
    }
}

/// A text with at most `max` characters of its beginning and its end.
fn cut(text: &str, max: usize) -> String {
    let kept = max.saturating_sub(CUT.chars().count());
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    let from_end = text.chars().count().saturating_sub(tail);
    let head: String = text.chars().take(head).collect();
    head + CUT + &text.chars().skip(from_end).collect::<String>()
}

fn merge(oldest_first: impl Iterator<Item = PromptMessage>) -> Vec<PromptMessage> {
    let mut messages: Vec<PromptMessage> = Vec::new();
    for message in oldest_first {
        match messages.last_mut().filter(|last| last.role == message.role) {
            Some(last) => {
                last.content.push_str(BETWEEN_MERGED);
                last.content.push_str(&message.content);
            }
            None => messages.push(message),
        }
    }
    messages
}

#[cfg(test)]
mod tests;
