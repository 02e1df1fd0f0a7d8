//! Finds the conversation that a chat request is about, and reads what its turn starts from.

use super::{Chat, ChatRequest, plan};
use crate::id::ConversationId;
use crate::model::TurnKey;
use crate::problem::{OrNotFound, Problem};
use crate::store::{ChatRows, Target, UserStore};

/// What the table contains for a request.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) key: TurnKey,
    pub(super) rows: ChatRows,
    /// The conversation that the client's own id stood for until it was deleted: the id is free
    /// again.
    pub(super) deleted_conversation: Option<ConversationId>,
    target: Target,
}

impl Found {
    /// Reads the same rows again.
    pub(super) async fn read_again(&self, store: &UserStore<'_>) -> Result<ChatRows, Problem> {
        read_rows(store, self.target, &self.key, false).await
    }
}

/// Finds the conversation and reads its rows, and the quota of the whole stack `with_stack_quota`.
/// [`Problem::IdempotencyKeyReused`] if the same key came with another body before.
pub(super) async fn find(
    store: &UserStore<'_>,
    request: &ChatRequest,
    with_stack_quota: bool,
) -> Result<Found, Problem> {
    let found = find_named(store, request, with_stack_quota).await?;
    let body = request.body();
    if found.rows.turn.as_ref().is_some_and(|turn| turn.body.as_deref() != body) {
        return Err(Problem::IdempotencyKeyReused);
    }
    move_to_earlier_turn(store, found).await
}

/// The conversation that a client names; `None` if its own id is not known yet.
pub(super) async fn conversation_id(
    store: &UserStore<'_>,
    chat: &Chat,
) -> Result<Option<ConversationId>, Problem> {
    match chat {
        Chat::Conversation(id) => Ok(Some(*id)),
        Chat::Alias(alias) => Ok(store.chat(alias).await?),
    }
}

/// Reads the conversation that the request names, or the rows for a new one.
async fn find_named(
    store: &UserStore<'_>,
    request: &ChatRequest,
    with_stack_quota: bool,
) -> Result<Found, Problem> {
    let read = async |target| read(store, target, request, with_stack_quota).await;
    let known = match &request.chat {
        None => None,
        Some(chat) => conversation_id(store, chat).await?,
    };
    let Some(id) = known else { return read(Target::New).await };
    match read(Target::Conversation(id)).await {
        Err(Problem::ConversationNotFound) if request.alias().is_some() => {
            let found = read(Target::New).await?;
            Ok(Found { deleted_conversation: Some(id), ..found })
        }
        outcome => outcome,
    }
}

/// A request that made a conversation belongs to that conversation when it is sent again.
async fn move_to_earlier_turn(store: &UserStore<'_>, found: Found) -> Result<Found, Problem> {
    let earlier = found.rows.turn.as_ref().map(|turn| turn.conversation_id);
    let (Target::New, Some(id)) = (found.target, earlier) else { return Ok(found) };
    if found.deleted_conversation == Some(id) {
        return Ok(found);
    }
    let target = Target::Conversation(id);
    let mut rows = read_rows(store, target, &found.key, false).await?;
    rows.stack_quota = found.rows.stack_quota;
    Ok(Found { rows, target, ..found })
}

/// Reads the rows of a request. The key of a regenerate request is derived from the stored
/// messages, so we read once to compute it and once more to see whether that turn already exists.
async fn read(
    store: &UserStore<'_>,
    target: Target,
    request: &ChatRequest,
    with_stack_quota: bool,
) -> Result<Found, Problem> {
    let found = |key, rows| Found { key, rows, deleted_conversation: None, target };
    if let Some(key) = plan::key(request) {
        let rows = read_rows(store, target, &key, with_stack_quota).await?;
        return Ok(found(key, rows));
    }
    let rows = read_rows(store, target, &TurnKey::once(), with_stack_quota).await?;
    let key = plan::regenerate_key(&rows, request)?;
    let has_no_lease = rows.conversation.as_ref().is_some_and(|open| open.lease.is_none());
    // Nothing runs, and opening the turn fails if a message was stored meanwhile.
    if has_no_lease && plan::plan(&rows, &request.trigger).is_ok_and(|plan| plan.is_of_stored()) {
        return Ok(found(key, rows));
    }
    let mut again = read_rows(store, target, &key, false).await?;
    again.stack_quota = rows.stack_quota;
    Ok(found(key, again))
}

async fn read_rows(
    store: &UserStore<'_>,
    target: Target,
    key: &TurnKey,
    with_stack_quota: bool,
) -> Result<ChatRows, Problem> {
    let rows = store.chat_rows(target, key, with_stack_quota).await;
    rows.or_not_found(Problem::ConversationNotFound)
}
