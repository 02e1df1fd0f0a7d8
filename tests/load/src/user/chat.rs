//! Questions, and the ratings of their replies.

use super::{MAX_CONVERSATIONS, User};
use crate::told::{Entry, Reply};
use harness::Method;
use serde_json::json;

/// What both assistants of a run say before they repeat what they were asked.
pub const ECHO: &str = "This is the echo assistant, not a model. You said: ";

/// Whether this is the whole reply to a question. What was appended just before it is repeated, too, since
/// assistants get both as one message.
pub fn is_echo(reply: &str, question: &str) -> bool {
    reply.starts_with(ECHO) && reply.ends_with(question)
}

impl User {
    /// A question as plain JSON.
    pub(super) async fn chat(&mut self) {
        let question = self.text();
        let mut body = json!({ "message": question });
        let conversation = self.chosen();
        if let (Some(id), Some(fields)) = (conversation, body.as_object_mut()) {
            fields.insert("conversation_id".to_owned(), id.into());
        }
        let key = self.word();
        let call = self.own("chat", Method::POST, "/api/chat");
        let call = call.json(body).header("idempotency-key", key);
        let Some(answer) = self.send_once_or_twice(&call, "message_id").await else { return };
        let text = answer.text("response");
        if !self.is("a reply", answer.status == 200 && is_echo(&text, &question), &answer) {
            return;
        }
        let told = Reply::Told {
            question_id: answer.number("user_message_id"),
            id: answer.number("message_id"),
            interaction_id: answer.text("interaction_id"),
            text,
            rating: None,
        };
        self.store(answer.number("conversation_id"), conversation, question, told);
        self.count(answer.doubts);
    }

    /// The conversation of the next question; none for a new one.
    pub(super) fn chosen(&mut self) -> Option<u64> {
        let is_full = self.told.conversations.len() >= MAX_CONVERSATIONS;
        if is_full || self.rng.u8(..4) > 0 { self.some_conversation() } else { None }
    }

    /// Remembers a turn where it was said to be.
    pub(super) fn store(&mut self, id: u64, asked: Option<u64>, question: String, reply: Reply) {
        let is_there = asked == Some(id)
            || (asked.is_none() && id > 0 && !self.told.conversations.contains_key(&id));
        self.is("the conversation of a reply", is_there, &(id, asked));
        self.conversation(id).entries.push(Entry::Turn { question, reply });
    }

    /// A question counts once; a try in doubt whose function died may have counted besides.
    pub(super) fn count(&mut self, doubts: u64) {
        self.told.questions.0 += 1;
        self.told.questions.1 += doubts;
    }

    pub(super) async fn rate(&mut self) {
        let Some(conversation) = self.some_conversation() else { return };
        let told = |entry: &Entry| match entry {
            Entry::Turn { reply: Reply::Told { interaction_id, .. }, .. } => {
                Some(interaction_id.clone())
            }
            _ => None,
        };
        let entries = &self.conversation(conversation).entries;
        let Some((at, interaction)) =
            entries.iter().enumerate().rev().find_map(|(at, entry)| Some((at, told(entry)?)))
        else {
            return;
        };
        let hundredths = self.rng.u32(..=500);
        let path = format!("/api/personalization/interactions/{interaction}/rating");
        let call = self.own("rate-interaction", Method::PUT, &path);
        let body = json!({ "personalization_effectiveness": f64::from(hundredths) / 100.0 });
        let Some(answer) = self.send(&call.json(body)).await else { return };
        if !self.is("a rating", answer.status == 200, &answer) {
            return;
        }
        if let Some(Entry::Turn { reply: Reply::Told { rating, .. }, .. }) =
            self.conversation(conversation).entries.get_mut(at)
        {
            *rating = Some(hundredths);
        }
    }
}
