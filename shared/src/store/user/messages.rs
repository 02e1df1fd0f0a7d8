use super::UserStore;
use crate::id::{ConversationId, MessageId};
use crate::model::{IdempotencyKey, Message, Role, Source};
use crate::store::item::{self, Item};
use crate::store::{Kind, StoreError, keys};
use crate::text::Content;

impl UserStore<'_> {
    /// Appends a message to a conversation; three round trips. With an idempotency key that was
    /// used before, returns the message that it led to then.
    ///
    /// The id is reserved before the message is written, so that concurrent writers get different
    /// ids without conflicts. A function that dies in between leaves a gap in the numbers and
    /// nothing else.
    pub async fn append_message(
        &self,
        conversation_id: ConversationId,
        role: Role,
        content: Content,
        key: Option<&IdempotencyKey>,
    ) -> Result<Message, StoreError> {
        let once = self.once(key, &format!("append-message/{conversation_id}"));
        let mut wanted = vec![keys::conversation(self.user(), conversation_id)];
        wanted.extend(once.as_ref().map(|once| once.row.clone()));
        let mut rows = self.read(&wanted).await?;
        self.alive(&mut rows, conversation_id)?;
        if let Some(once) = &once
            && let Some(id) = self.earlier(&mut rows, once)?
        {
            return self.message(conversation_id, parse(&id)?).await;
        }
        let id = self.reserve_message(conversation_id).await?;
        let created_at = self.store.clock.now();
        let user_id = self.user().clone();
        let source = Source::Client;
        let message = Message { id, user_id, conversation_id, role, content, created_at, source };
        let row = self.message_row(&message)?;
        match self.store_once(row, &id.to_string(), once.as_ref()).await? {
            Some(earlier) if earlier != id.to_string() => {
                self.message(conversation_id, parse(&earlier)?).await
            }
            _ => Ok(message),
        }
    }

    /// The item of a message, with its source and its place in the index of messages by role.
    pub(super) fn message_row(&self, message: &Message) -> Result<Item, StoreError> {
        let key = keys::message(self.user(), message.conversation_id, message.id);
        let mut row = item::write(key.clone(), Kind::Message, message)?;
        row.insert("source".into(), item::value(message.source)?);
        let index = keys::messages_by_role(self.user(), message.conversation_id, message.role);
        Ok(item::indexed(row, index, key.sk))
    }

    /// A message that an earlier request has stored. [`StoreError::NotFound`] if its conversation
    /// was deleted since.
    async fn message(
        &self,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<Message, StoreError> {
        let message = self.store.row(&keys::message(self.user(), conversation, id)).await?;
        message.ok_or(StoreError::NotFound)
    }

    async fn reserve_message(&self, id: ConversationId) -> Result<MessageId, StoreError> {
        let touched = self.touch(id, |update| update.add("last_message_id", item::n(1))).await?;
        message_id(item::number(&touched, "last_message_id")?)
    }
}

fn parse(id: &str) -> Result<MessageId, StoreError> {
    id.parse().map_err(StoreError::corrupt)
}

fn message_id(number: u64) -> Result<MessageId, StoreError> {
    MessageId::try_from(number).map_err(StoreError::corrupt)
}
