//! What a turn is opened with: its question, and the branch that the assistant sees.

use crate::assistant::window::MAX_MESSAGES;
use crate::id::MessageId;
use crate::model::{Message, StoredMessage};
use crate::placement::{Place, Sent, place};
use crate::problem::Problem;
use crate::store::{ChatRows, OpenConversation, Question, UserStore};
use crate::text::Content;

/// Maximum reads to find the place of a turn.
const MAX_READS: usize = 3;

/// A turn that is to be opened.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) question: Question,
    /// The question's text.
    pub(super) text: Content,
    /// The messages before the question, newest first, as many as the assistant may see.
    pub(super) before: Vec<Message>,
    /// The ids of the messages before the question, as in [`Message::path`].
    pub(super) path: Vec<MessageId>,
    /// Whether there are more messages before the question.
    pub(super) has_older: bool,
}

/// Finds the place of a turn. Reads what it takes: nothing in a conversation without branches.
/// [`Problem::MessageNotFound`] if the client names a message that is not there.
pub(super) async fn plan(
    store: &UserStore<'_>,
    rows: &mut ChatRows,
    sent: &Sent,
) -> Result<Plan, Problem> {
    let retried = rows.turn_here().map(|turn| turn.question_id);
    let Some(open) = &mut rows.conversation else {
        let (question, text) = new_question(sent)?;
        return Ok(Plan { question, text, before: Vec::new(), path: Vec::new(), has_older: false });
    };
    let place = match retried.filter(|question| matches!(open.tree.get(*question), Ok(Some(_)))) {
        // An earlier run of this turn failed or was interrupted.
        Some(question) => Place::Question(question),
        None => find_place(store, open, sent).await?,
    };
    let (id, leaf) = match place {
        Place::After(parent) => (None, parent),
        Place::Question(question) => (Some(question), Some(question)),
    };
    let max = MAX_MESSAGES + usize::from(id.is_some());
    let conversation = open.conversation.id;
    let mut before = store.read_branch(conversation, &mut open.tree, leaf, max).await?;
    let path = path(before.iter().skip(usize::from(id.is_some())));
    let has_older = before.last().is_some_and(|oldest| open.tree.parent_id(oldest).is_some());
    let (question, text) = match id {
        Some(id) => (Question::Stored(id), before.remove(0).content),
        None => new_question(sent)?,
    };
    Ok(Plan { question, text, before, path, has_older })
}

fn new_question(sent: &Sent) -> Result<(Question, Content), Problem> {
    let message = sent.message.as_ref().ok_or(Problem::MessageNotFound)?;
    let (content, client_id) = (message.text.clone(), message.client_id.clone());
    Ok((Question::New { content: content.clone(), client_id }, content))
}

async fn find_place(
    store: &UserStore<'_>,
    open: &mut OpenConversation,
    sent: &Sent,
) -> Result<Place, Problem> {
    for _ in 0..=MAX_READS {
        match place(sent, open.stored()) {
            Ok(place) => return place.ok_or(Problem::MessageNotFound),
            Err(unread) => {
                store.read_unread(open.conversation.id, &mut open.tree, unread).await?;
            }
        }
    }
    Err(Problem::MessageNotFound)
}

/// The ids of these messages, newest first, and of the oldest one's ancestors.
fn path<'a>(branch: impl Iterator<Item = &'a Message> + Clone) -> Vec<MessageId> {
    let older = branch.clone().last().and_then(|oldest| oldest.path.clone()).unwrap_or_default();
    Message::path_after(branch.map(|message| message.id).chain(older))
}

/// The ids of the messages before a reply to this question.
pub(super) fn reply_path(question: MessageId, path: &[MessageId]) -> Vec<MessageId> {
    Message::path_after([question].into_iter().chain(path.iter().copied()))
}

/// The same, for a question of which only the tree is known.
pub(super) fn known_reply_path(
    open: &OpenConversation,
    question: Option<MessageId>,
) -> Vec<MessageId> {
    let branch = open.tree.known_branch(question, Message::MAX_PATH);
    path(branch.iter().map(|stored: &&StoredMessage| &stored.message))
}
