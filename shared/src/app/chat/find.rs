//! Finds the conversation that a chat request is about, and reads what its turn starts from.

use super::{Chat, ChatRequest};
use crate::id::{ConversationId, MessageId};
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

/// Reads the rows of a request.
async fn read(
    store: &UserStore<'_>,
    target: Target,
    request: &ChatRequest,
    with_stack_quota: bool,
) -> Result<Found, Problem> {
    let key = key(request, target);
    let rows = read_rows(store, target, &key, with_stack_quota).await?;
    Ok(Found { key, rows, deleted_conversation: None, target })
}

/// The key of a request. A message is known by its name and text, another reply by the one that is named;
/// without a name, each request is a turn of its own.
fn key(request: &ChatRequest, target: Target) -> TurnKey {
    let sent = &request.sent;
    if let Some(key) = &request.key {
        return TurnKey::idempotent(key);
    }
    if sent.regenerate {
        let reply = sent.named.as_deref().and_then(MessageId::named_by);
        return match (target, reply) {
            (Target::Conversation(id), Some(reply)) => TurnKey::regenerate(id, reply),
            _ => TurnKey::once(),
        };
    }
    match sent.message.as_ref().and_then(|message| Some((message, message.client_id.as_ref()?))) {
        Some((message, id)) => {
            let chat = request.chat.as_ref().map(Chat::name);
            TurnKey::submit(chat.as_deref(), id.as_str(), message.text.as_str())
        }
        None => TurnKey::once(),
    }
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
