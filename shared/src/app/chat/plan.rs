//! What a request means in a conversation as it stands: its question, what it replaces, and what
//! the assistant sees.

use super::{Chat, ChatRequest, NewMessage, Trigger};
use crate::id::MessageId;
use crate::model::{Message, Role, Turn, TurnKey, TurnState};
use crate::problem::Problem;
use crate::store::{ChatRows, OpenConversation, Question, StoredMessage};
use crate::text::Content;

/// A transaction takes 100 operations. What is beyond this stays, which edits that fail one after
/// another can reach.
const MAX_REPLACED: usize = 80;

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

impl Plan {
    /// Whether the question is there already.
    pub(super) fn is_of_stored(&self) -> bool {
        matches!(self.question, Question::Stored(_))
    }
}

/// The last turn of a conversation: its question, and its answer if it has one.
struct Last<'a> {
    question: &'a StoredMessage,
    answer: Option<&'a Message>,
}

impl Last<'_> {
    /// The newest of its messages.
    fn newest(&self) -> MessageId {
        self.answer.map_or(self.question.message.id, |answer| answer.id)
    }

    /// What goes when its question is asked in other words.
    fn rows(&self) -> Vec<MessageId> {
        let mut rows = self.answer_rows();
        rows.push(self.question.message.id);
        rows
    }

    /// What goes when its question is answered anew: its answer, or what that was to replace.
    fn answer_rows(&self) -> Vec<MessageId> {
        match self.answer {
            Some(answer) => vec![answer.id],
            None => self.question.replaces.iter().copied().take(MAX_REPLACED).collect(),
        }
    }

    /// Whether this is its question: by its name, or by its text where one of them has no name.
    fn asks(&self, asked: &NewMessage) -> bool {
        let named = asked.client_id.is_some() && self.question.client_id.is_some();
        asked.is(self.question) || (!named && self.question.message.content == asked.text)
    }

    /// Whether a client may mean this turn's answer: by its question, by its id, or by the id of an
    /// answer after it that failed and was never stored.
    fn answer_may_be(&self, name: &str) -> bool {
        let named: Option<MessageId> = name.parse().ok();
        self.question.is(name)
            || match (named, self.answer) {
                (Some(id), Some(answer)) => id >= answer.id,
                (Some(id), None) => id > self.question.message.id,
                (None, answer) => answer.is_none(),
            }
    }
}

/// The key of a request, as far as it can be told before the conversation is read.
pub(super) fn key(request: &ChatRequest) -> Option<TurnKey> {
    match (&request.key, &request.ask) {
        (Some(key), _) => Some(TurnKey::idempotent(key)),
        (None, Trigger::Submit { asked, .. }) => Some(submit_key(request.chat.as_ref(), asked)),
        (None, Trigger::Regenerate { .. }) => None,
    }
}

fn submit_key(chat: Option<&Chat>, asked: &NewMessage) -> TurnKey {
    let Some(id) = &asked.client_id else { return TurnKey::once() };
    TurnKey::submit(chat.map(Chat::name).as_deref(), id.as_str(), asked.text.as_str())
}

/// The key of a request for another answer: that of the answer that it replaces, or of the question
/// that has none, or of a question that never arrived.
pub(super) fn regenerate_key(rows: &ChatRows, request: &ChatRequest) -> Result<TurnKey, Problem> {
    let Trigger::Regenerate { answer, asked } = &request.ask else { return Ok(TurnKey::once()) };
    if let Some(asked) = never_arrived(newest(rows), answer.as_deref(), asked.as_ref()) {
        return Ok(submit_key(request.chat.as_ref(), asked));
    }
    let open = rows.conversation.as_ref().ok_or(Problem::ConversationNotFound)?;
    let meant = |last: &Last<'_>| answer.as_ref().is_none_or(|named| last.answer_may_be(named));
    let replaced = match last(&open.newest).filter(meant) {
        Some(last) => Some(last.newest()),
        None => answer.as_ref().and_then(|named| named.parse().ok()),
    };
    let replaced = replaced.ok_or(Problem::NotLastTurn)?;
    Ok(TurnKey::regenerate(open.conversation.id, replaced))
}

/// The question of a request for another answer to what the client says was asked last, if it never
/// arrived: clients offer that request where sending failed.
fn never_arrived<'a>(
    newest: &[StoredMessage],
    answer: Option<&str>,
    asked: Option<&'a NewMessage>,
) -> Option<&'a NewMessage> {
    let asked = asked.filter(|_| answer.is_none())?;
    let arrived = newest.iter().any(|stored| asked.is(stored))
        || last(newest).is_some_and(|last| last.asks(asked));
    (!arrived).then_some(asked)
}

/// What a request means. [`Problem::NotLastTurn`] if it is about an older turn than the last.
pub(super) fn plan(rows: &ChatRows, ask: &Trigger) -> Result<Plan, Problem> {
    let newest = newest(rows);
    if let Some(earlier) = rows.turn_here().filter(|turn| turn.state != TurnState::Done) {
        match again(newest, earlier) {
            // To say again what failed before another edit is another edit.
            Err(Problem::NotLastTurn) if matches!(ask, Trigger::Submit { edits: Some(_), .. }) => {}
            planned => return planned,
        }
    }
    match ask {
        Trigger::Submit { asked, edits } => {
            let replaces = match edits {
                None => Vec::new(),
                Some(name) => replaced_by_edit(rows, name, asked).ok_or(Problem::NotLastTurn)?,
            };
            Ok(plan_of(newest, asked.into(), asked.text.clone(), replaces))
        }
        Trigger::Regenerate { answer, asked } => {
            if let Some(asked) = never_arrived(newest, answer.as_deref(), asked.as_ref()) {
                return Ok(plan_of(newest, asked.into(), asked.text.clone(), Vec::new()));
            }
            let means = |last: &Last<'_>| match (answer, asked) {
                (Some(named), _) => last.answer_may_be(named),
                // What was asked last, as far as this client knows.
                (None, Some(asked)) => last.asks(asked),
                (None, None) => true,
            };
            let last = last(newest).filter(means).ok_or(Problem::NotLastTurn)?;
            let question = &last.question.message;
            let stored = Question::Stored(question.id);
            Ok(plan_of(newest, stored, question.content.clone(), last.answer_rows()))
        }
    }
}

/// What an edit of the message of this name replaces: the last turn, or nothing, where the message
/// never arrived and is sent again under its own name.
fn replaced_by_edit(rows: &ChatRows, name: &str, asked: &NewMessage) -> Option<Vec<MessageId>> {
    let newest = newest(rows);
    if let Some(last) = last(newest).filter(|last| last.question.is(name)) {
        return Some(last.rows());
    }
    let of_itself = asked.client_id.as_ref().is_some_and(|id| id.as_str() == name);
    let whole = rows.conversation.as_ref().is_none_or(OpenConversation::is_whole);
    let arrived = newest.iter().any(|stored| stored.is(name));
    (of_itself && whole && !arrived).then(Vec::new)
}

/// A turn that failed or was interrupted, once more: its question is the last message.
fn again(newest: &[StoredMessage], earlier: &Turn) -> Result<Plan, Problem> {
    let question = newest
        .first()
        .map(|newest| newest.message.id)
        .filter(|id| *id == earlier.question_id || earlier.replaces.contains(id))
        .and_then(|_| newest.iter().find(|stored| stored.message.id == earlier.question_id))
        .map(|stored| &stored.message)
        .ok_or(Problem::NotLastTurn)?;
    let stored = Question::Stored(question.id);
    Ok(plan_of(newest, stored, question.content.clone(), earlier.replaces.clone()))
}

fn plan_of(
    newest: &[StoredMessage],
    question: Question,
    text: Content,
    replaces: Vec<MessageId>,
) -> Plan {
    let asked = match question {
        Question::Stored(id) => Some(id),
        Question::New { .. } => None,
    };
    let before = newest.iter().map(|stored| &stored.message);
    let before = before.filter(|m| Some(m.id) != asked && !replaces.contains(&m.id));
    Plan { before: before.cloned().collect(), question, text, replaces }
}

fn newest(rows: &ChatRows) -> &[StoredMessage] {
    rows.conversation.as_ref().map_or(&[][..], |open| open.newest.as_slice())
}

fn last(newest: &[StoredMessage]) -> Option<Last<'_>> {
    match newest {
        [answer, question, ..]
            if answer.message.role == Role::Assistant && question.message.role == Role::User =>
        {
            Some(Last { question, answer: Some(&answer.message) })
        }
        [question, ..] if question.message.role == Role::User => {
            Some(Last { question, answer: None })
        }
        _ => None,
    }
}

impl NewMessage {
    fn is(&self, stored: &StoredMessage) -> bool {
        self.client_id.as_ref().is_some_and(|id| stored.is(id.as_str()))
    }
}

impl From<&NewMessage> for Question {
    fn from(asked: &NewMessage) -> Self {
        Self::New { content: asked.text.clone(), client_id: asked.client_id.clone() }
    }
}

#[cfg(test)]
mod tests;
