//! What a request means in a conversation as it stands: its question, what it replaces, and what
//! the assistant sees.

use super::{Ask, Chat, ChatRequest};
use crate::id::MessageId;
use crate::model::{Message, Role, Turn, TurnKey};
use crate::problem::Problem;
use crate::store::{ChatRows, Question};
use crate::text::Content;

/// A turn that is to be opened.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) question: Question,
    /// What is asked.
    pub(super) text: Content,
    pub(super) replaces: Vec<MessageId>,
    /// What came before, newest first.
    pub(super) before: Vec<Message>,
}

/// The last turn of a conversation: its question, and its answer if it has one.
struct Last<'a> {
    question: &'a (Message, Option<String>),
    answer: Option<&'a Message>,
}

impl Last<'_> {
    fn rows(&self) -> Vec<MessageId> {
        let answer = self.answer.map(|answer| answer.id);
        answer.into_iter().chain([self.question.0.id]).collect()
    }

    fn question_is(&self, name: &str) -> bool {
        let (message, client_id) = self.question;
        client_id.as_deref() == Some(name) || message.id.to_string() == name
    }

    /// Whether a client may mean this turn's answer: by its id, by its question's, or, where it
    /// failed, by an id that was never stored.
    fn answer_may_be(&self, name: &str) -> bool {
        let (question, _) = self.question;
        let named: Option<MessageId> = name.parse().ok();
        self.question_is(name)
            || match self.answer {
                Some(answer) => named == Some(answer.id),
                None => named.is_none_or(|id| id > question.id),
            }
    }
}

/// The key of a request, as far as it can be told before the conversation is read.
pub(super) fn key(request: &ChatRequest) -> Option<TurnKey> {
    if let Some(key) = &request.key {
        return Some(TurnKey::idempotent(key));
    }
    match &request.ask {
        Ask::Submit { text, client_id: Some(id), .. } => {
            let chat = request.chat.as_ref().map(Chat::name);
            Some(TurnKey::submit(chat.as_deref(), id.as_str(), text.as_str()))
        }
        Ask::Submit { client_id: None, .. } => Some(TurnKey::once()),
        Ask::Regenerate { .. } => None,
    }
}

/// The key of a request for another answer: that of the answer that it replaces, or of the question
/// that has none. It may have been begun before if the answer is not the last one any more.
pub(super) fn regenerate_key(rows: &ChatRows, named: Option<&str>) -> Result<TurnKey, Problem> {
    let open = rows.conversation.as_ref().ok_or(Problem::ConversationNotFound)?;
    let newest = open.newest.first().map(|(message, _)| message.id);
    // The question may be named in place of its answer.
    let named = named.filter(|name| !last(&open.newest).is_some_and(|last| last.question_is(name)));
    let named = named.and_then(|text| text.parse::<MessageId>().ok());
    let replaced = named.or(newest).ok_or(Problem::NotLastTurn)?;
    Ok(TurnKey::regenerate(open.conversation.id, replaced))
}

/// What a request means. [`Problem::NotLastTurn`] if it is about an older turn than the last.
pub(super) fn plan(rows: &ChatRows, ask: &Ask) -> Result<Plan, Problem> {
    let newest = rows.conversation.as_ref().map_or(&[][..], |open| open.newest.as_slice());
    if let Some(earlier) = &rows.turn {
        return again(newest, earlier);
    }
    match ask {
        Ask::Submit { text, client_id, edits } => {
            let question = Question::New { content: text.clone(), client_id: client_id.clone() };
            let replaces = match edits {
                None => Vec::new(),
                Some(name) => last(newest)
                    .filter(|last| last.question_is(name))
                    .ok_or(Problem::NotLastTurn)?
                    .rows(),
            };
            Ok(plan_of(newest, question, text.clone(), replaces))
        }
        Ask::Regenerate { answer } => {
            let last = last(newest).ok_or(Problem::NotLastTurn)?;
            let (question, _) = last.question;
            if answer.as_ref().is_some_and(|named| !last.answer_may_be(named)) {
                return Err(Problem::NotLastTurn);
            }
            let replaces = last.answer.map(|answer| answer.id).into_iter().collect();
            let stored = Question::Stored(question.id);
            Ok(plan_of(newest, stored, question.content.clone(), replaces))
        }
    }
}

/// A turn that failed or was interrupted, once more: its question is the last message.
fn again(newest: &[(Message, Option<String>)], earlier: &Turn) -> Result<Plan, Problem> {
    let (question, _) = newest
        .first()
        .filter(|(message, _)| {
            message.id == earlier.question_id || earlier.replaces.contains(&message.id)
        })
        .and_then(|_| newest.iter().find(|(message, _)| message.id == earlier.question_id))
        .ok_or(Problem::NotLastTurn)?;
    let stored = Question::Stored(question.id);
    Ok(plan_of(newest, stored, question.content.clone(), earlier.replaces.clone()))
}

fn plan_of(
    newest: &[(Message, Option<String>)],
    question: Question,
    text: Content,
    replaces: Vec<MessageId>,
) -> Plan {
    let asked = match question {
        Question::Stored(id) => Some(id),
        Question::New { .. } => None,
    };
    let before = newest.iter().map(|(message, _)| message);
    let before = before.filter(|m| Some(m.id) != asked && !replaces.contains(&m.id));
    Plan { before: before.cloned().collect(), question, text, replaces }
}

fn last(newest: &[(Message, Option<String>)]) -> Option<Last<'_>> {
    match newest {
        [(answer, _), question, ..]
            if answer.role == Role::Assistant && question.0.role == Role::User =>
        {
            Some(Last { question, answer: Some(answer) })
        }
        [question, ..] if question.0.role == Role::User => Some(Last { question, answer: None }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
