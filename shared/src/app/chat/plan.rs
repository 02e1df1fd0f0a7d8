//! What a request means for the conversation that was read: its question, the messages that it
//! replaces, and the messages that the assistant sees.

mod last_turn;

use super::{Chat, ChatRequest, NewMessage, Trigger};
use crate::id::MessageId;
use crate::model::{Message, Turn, TurnKey, TurnState};
use crate::problem::Problem;
use crate::store::{ChatRows, OpenConversation, Question, StoredMessage};
use crate::text::Content;
use last_turn::LastTurn;

/// Maximum messages that a turn replaces. A transaction takes 100 operations. A row of edits that
/// fail one after another can reach this; messages beyond it stay.
const MAX_REPLACED: usize = 80;

/// A turn that is to be opened.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) question: Question,
    /// The question's text.
    pub(super) text: Content,
    pub(super) replaces: Vec<MessageId>,
    /// The messages before the question, newest first.
    pub(super) before: Vec<Message>,
}

impl Plan {
    /// Whether the question is stored already.
    pub(super) fn is_of_stored(&self) -> bool {
        matches!(self.question, Question::Stored(_))
    }
}

/// The key of a request, unless it depends on the stored messages.
pub(super) fn key(request: &ChatRequest) -> Option<TurnKey> {
    match (&request.key, &request.trigger) {
        (Some(key), _) => Some(TurnKey::idempotent(key)),
        (None, Trigger::Submit { message, .. }) => Some(submit_key(request.chat.as_ref(), message)),
        (None, Trigger::Regenerate { .. }) => None,
    }
}

fn submit_key(chat: Option<&Chat>, message: &NewMessage) -> TurnKey {
    let Some(id) = &message.client_id else { return TurnKey::once() };
    TurnKey::submit(chat.map(Chat::name).as_deref(), id.as_str(), message.text.as_str())
}

/// The key of a regenerate request. It contains the reply to replace, or the question if that has no
/// reply. A question that never arrived has the key of a submit request.
pub(super) fn regenerate_key(rows: &ChatRows, request: &ChatRequest) -> Result<TurnKey, Problem> {
    let Trigger::Regenerate { reply, message } = &request.trigger else {
        return Ok(TurnKey::once());
    };
    if let Some(message) = never_arrived(newest(rows), reply.as_deref(), message.as_ref()) {
        return Ok(submit_key(request.chat.as_ref(), message));
    }
    let open = rows.conversation.as_ref().ok_or(Problem::ConversationNotFound)?;
    let is_meant =
        |last: &LastTurn<'_>| reply.as_ref().is_none_or(|name| last.may_have_reply(name));
    let replaced = match LastTurn::of(&open.newest).filter(is_meant) {
        Some(last) => Some(last.newest_id()),
        None => reply.as_ref().and_then(|name| MessageId::named_by(name)),
    };
    let replaced = replaced.ok_or(Problem::NotLastTurn)?;
    Ok(TurnKey::regenerate(open.conversation.id, replaced))
}

/// The message of a regenerate request that names no reply, if we never got that message: clients
/// offer this request where sending failed.
fn never_arrived<'a>(
    newest: &[StoredMessage],
    reply: Option<&str>,
    message: Option<&'a NewMessage>,
) -> Option<&'a NewMessage> {
    let message = message.filter(|_| reply.is_none())?;
    let arrived = newest.iter().any(|stored| message.is(stored))
        || LastTurn::of(newest).is_some_and(|last| last.has_question(message));
    (!arrived).then_some(message)
}

/// Plans the turn of a request. [`Problem::NotLastTurn`] if it is about an older turn than the last.
pub(super) fn plan(rows: &ChatRows, trigger: &Trigger) -> Result<Plan, Problem> {
    if let Some(earlier) = rows.turn_here().filter(|turn| turn.state != TurnState::Done) {
        let is_edit = matches!(trigger, Trigger::Submit { edits: Some(_), .. });
        match retry(newest(rows), earlier) {
            // An edit to a text that failed before another edit is a new edit.
            Err(Problem::NotLastTurn) if is_edit => {}
            planned => return planned,
        }
    }
    match trigger {
        Trigger::Submit { message, edits } => submit(rows, message, edits.as_deref()),
        Trigger::Regenerate { reply, message } => {
            regenerate(newest(rows), reply.as_deref(), message.as_ref())
        }
    }
}

fn submit(rows: &ChatRows, message: &NewMessage, edits: Option<&str>) -> Result<Plan, Problem> {
    let replaces = match edits {
        None => Vec::new(),
        Some(name) => replaced_by_edit(rows, name, message).ok_or(Problem::NotLastTurn)?,
    };
    Ok(plan_of(newest(rows), message.into(), message.text.clone(), replaces))
}

fn regenerate(
    newest: &[StoredMessage],
    reply: Option<&str>,
    message: Option<&NewMessage>,
) -> Result<Plan, Problem> {
    if let Some(message) = never_arrived(newest, reply, message) {
        return Ok(plan_of(newest, message.into(), message.text.clone(), Vec::new()));
    }
    let is_meant = |last: &LastTurn<'_>| match (reply, message) {
        (Some(name), _) => last.may_have_reply(name),
        // The last question, as far as this client knows.
        (None, Some(message)) => last.has_question(message),
        (None, None) => true,
    };
    let last = LastTurn::of(newest).filter(is_meant).ok_or(Problem::NotLastTurn)?;
    let question = &last.question.message;
    let stored = Question::Stored(question.id);
    Ok(plan_of(newest, stored, question.content.clone(), last.replaced_by_new_reply()))
}

/// The messages that an edit of the message `name` replaces: the last turn. They are none if that
/// message never arrived and is sent again under its own name.
fn replaced_by_edit(rows: &ChatRows, name: &str, message: &NewMessage) -> Option<Vec<MessageId>> {
    let newest = newest(rows);
    if let Some(last) = LastTurn::of(newest).filter(|last| last.question.is(name)) {
        return Some(last.replaced_by_edit());
    }
    let edits_itself = message.client_id.as_ref().is_some_and(|id| id.as_str() == name);
    let is_whole = rows.conversation.as_ref().is_none_or(OpenConversation::is_whole);
    let arrived = newest.iter().any(|stored| stored.is(name));
    (edits_itself && is_whole && !arrived).then(Vec::new)
}

/// Plans another run of a turn that failed or was interrupted: its question is the last message.
fn retry(newest: &[StoredMessage], earlier: &Turn) -> Result<Plan, Problem> {
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
    let stored_question = match question {
        Question::Stored(id) => Some(id),
        Question::New { .. } => None,
    };
    let before = newest.iter().map(|stored| &stored.message);
    let before = before.filter(|m| Some(m.id) != stored_question && !replaces.contains(&m.id));
    Plan { before: before.cloned().collect(), question, text, replaces }
}

fn newest(rows: &ChatRows) -> &[StoredMessage] {
    rows.conversation.as_ref().map_or(&[][..], |open| open.newest.as_slice())
}

impl NewMessage {
    fn is(&self, stored: &StoredMessage) -> bool {
        self.client_id.as_ref().is_some_and(|id| stored.is(id.as_str()))
    }
}

impl From<&NewMessage> for Question {
    fn from(message: &NewMessage) -> Self {
        Self::New { content: message.text.clone(), client_id: message.client_id.clone() }
    }
}

#[cfg(test)]
mod tests;
