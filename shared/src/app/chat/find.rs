//! Finds the conversation that a chat request is about, and reads what its turn starts from.

use super::{Chat, ChatRequest};
use crate::id::{ConversationId, MessageId};
use crate::model::TurnKey;
use crate::problem::{OrNotFound, Problem};
use crate::store::{ChatRows, StoreError, UserStore};

/// What the table contains for a request.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) key: TurnKey,
    pub(super) rows: ChatRows,
    /// The conversation that the client's own id stood for until it was deleted: the id is free
    /// again.
    pub(super) deleted_conversation: Option<ConversationId>,
    /// The conversation that was read; `None` for a new one.
    conversation_id: Option<ConversationId>,
}

impl Found {
    /// Reads the same rows again.
    pub(super) async fn read_again(&self, store: &UserStore<'_>) -> Result<ChatRows, Problem> {
        let rows = store.chat_rows(self.conversation_id, &self.key, false).await;
        rows.or_not_found(Problem::ConversationNotFound)
    }
}

/// Finds the conversation and reads its rows, and the quota of the whole stack `with_stack_quota`.
/// [`Problem::IdempotencyKeyReused`] if the same key came with another body before.
pub(super) async fn find(
    store: &UserStore<'_>,
    request: &ChatRequest,
    with_stack_quota: bool,
) -> Result<Found, Problem> {
    let found = find_named(store, request, with_stack_quota).await;
    let found = found.or_not_found(Problem::ConversationNotFound)?;
    let Some(earlier) = &found.rows.turn else { return Ok(found) };
    if earlier.body.as_deref() != request.body() {
        return Err(Problem::IdempotencyKeyReused);
    }
    let id = Some(earlier.conversation_id);
    if found.conversation_id.is_some() || found.deleted_conversation == id {
        return Ok(found);
    }
    // A request that made a conversation belongs to that conversation when it is sent again.
    let moved = Found { conversation_id: id, ..found };
    let mut rows = moved.read_again(store).await?;
    rows.stack_quota = moved.rows.stack_quota;
    Ok(Found { rows, ..moved })
}

/// The conversation that a client names; `None` if its own id is not known yet.
pub(super) async fn conversation_id(
    store: &UserStore<'_>,
    chat: &Chat,
) -> Result<Option<ConversationId>, StoreError> {
    match chat {
        Chat::Conversation(id) => Ok(Some(*id)),
        Chat::Alias(alias) => store.chat(alias).await,
    }
}

/// Reads the conversation that the request names, or the rows for a new one.
async fn find_named(
    store: &UserStore<'_>,
    request: &ChatRequest,
    with_stack_quota: bool,
) -> Result<Found, StoreError> {
    let read = async |conversation_id| {
        let key = key(request, conversation_id);
        let rows = store.chat_rows(conversation_id, &key, with_stack_quota).await?;
        Ok(Found { key, rows, deleted_conversation: None, conversation_id })
    };
    let known = match &request.chat {
        None => None,
        Some(chat) => conversation_id(store, chat).await?,
    };
    match read(known).await {
        Err(StoreError::NotFound) if request.alias().is_some() => {
            Ok(Found { deleted_conversation: known, ..read(None).await? })
        }
        outcome => outcome,
    }
}

/// The key of a request. A message is known by its name and text, another reply by the one that is named;
/// without a name, each request is a turn of its own.
fn key(request: &ChatRequest, conversation: Option<ConversationId>) -> TurnKey {
    let sent = &request.sent;
    if let Some(key) = &request.key {
        return TurnKey::idempotent(key);
    }
    let key = if sent.regenerate {
        let reply = sent.named.as_deref().and_then(MessageId::named_by);
        conversation.zip(reply).map(|(id, reply)| TurnKey::regenerate(id, reply))
    } else {
        sent.message.as_ref().and_then(|message| {
            let chat = request.chat.as_ref().map(Chat::name);
            let id = message.client_id.as_ref()?.as_str();
            Some(TurnKey::submit(chat.as_deref(), id, message.text.as_str()))
        })
    };
    key.unwrap_or_else(TurnKey::once)
}
