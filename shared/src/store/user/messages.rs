use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;

use super::UserStore;
use super::conversations::conversation;
use crate::id::{ConversationId, MessageId};
use crate::model::{IdempotencyKey, Message, Role, Source};
use crate::store::item::{self, Item};
use crate::store::{Kind, StoreError, keys};
use crate::text::Content;

/// The message that another one follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Option<MessageId>")]
pub enum Parent {
    /// The active message.
    #[default]
    Active,
    /// None: it is the first of a branch.
    Root,
    /// This message.
    Message(MessageId),
}

/// As a client writes it.
impl From<Option<MessageId>> for Parent {
    fn from(id: Option<MessageId>) -> Self {
        id.map_or(Self::Root, Self::Message)
    }
}

impl UserStore<'_> {
    /// Appends a message to a conversation; three round trips. With an idempotency key that was
    /// used before, returns the message that it led to then. [`StoreError::MessageNotFound`] if it is to
    /// follow a message that is not there.
    ///
    /// The id is reserved before the message is written, so that concurrent writers get different
    /// ids without conflicts. A function that dies in between leaves a gap in the numbers and
    /// nothing else.
    pub async fn append_message(
        &self,
        conversation_id: ConversationId,
        role: Role,
        content: Content,
        parent: Parent,
        key: Option<&IdempotencyKey>,
    ) -> Result<Message, StoreError> {
        let once = self.once(key, &format!("append-message/{conversation_id}"));
        let mut wanted = vec![keys::conversation(self.user(), conversation_id)];
        wanted.extend(once.as_ref().map(|once| once.row.clone()));
        let parent_key = match parent {
            Parent::Message(id) => Some(keys::message(self.user(), conversation_id, id)),
            Parent::Active | Parent::Root => None,
        };
        wanted.extend(parent_key.clone());
        let mut rows = self.read(&wanted).await?;
        self.alive(&mut rows, conversation_id)?;
        if let Some(once) = &once
            && let Some(id) = self.earlier(&mut rows, once)?
        {
            return self.message(conversation_id, parse(&id)?).await;
        }
        let stored = parent_key.and_then(|key| rows.take_item(&key)).map(message).transpose()?;
        if stored.is_none() && matches!(parent, Parent::Message(_)) {
            return Err(StoreError::MessageNotFound);
        }
        let (id, active) = self.reserve_message(conversation_id).await?;
        let parent_id = match parent {
            Parent::Active => active,
            Parent::Root => None,
            Parent::Message(id) => Some(id),
        };
        let path = match (parent_id, stored.and_then(|stored| stored.path)) {
            (None, _) => Some(Vec::new()),
            (Some(id), Some(path)) => Some(Message::path_after([id].into_iter().chain(path))),
            // Whoever needs it follows the parents.
            (Some(_), None) => None,
        };
        let message = Message {
            id,
            user_id: self.user().clone(),
            conversation_id,
            role,
            content,
            created_at: self.store.clock.now(),
            parent_id,
            path,
            source: Source::Client,
        };
        let row = self.message_row(&message)?;
        match self.store_once(row, &id.to_string(), once.as_ref()).await? {
            Some(earlier) if earlier != id.to_string() => {
                self.message(conversation_id, parse(&earlier)?).await
            }
            _ => Ok(message),
        }
    }

    /// The item of a message, with what only the table has and its place in the index of messages by
    /// role.
    pub(super) fn message_row(&self, message: &Message) -> Result<Item, StoreError> {
        let key = keys::message(self.user(), message.conversation_id, message.id);
        let mut row = item::write(key.clone(), Kind::Message, message)?;
        row.insert("source".into(), item::value(message.source)?);
        if let Some(path) = &message.path {
            let ids: Vec<String> = path.iter().map(ToString::to_string).collect();
            row.insert("path".into(), item::s(ids.join(" ")));
        }
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
        let key = keys::message(self.user(), conversation, id);
        let row = self.store.get(std::slice::from_ref(&key)).await?.take_item(&key);
        message(row.ok_or(StoreError::NotFound)?)
    }

    /// Reserves the id of a message that becomes the active one; and the message that was active.
    async fn reserve_message(
        &self,
        id: ConversationId,
    ) -> Result<(MessageId, Option<MessageId>), StoreError> {
        let old = self.touch(id, |update| {
            let one = item::n(1);
            let update = update.set_to_sum("active_message_id", "last_message_id", one.clone());
            update.add("last_message_id", one).returning_old()
        });
        let old = old.await?;
        let id = item::number(&old, "last_message_id")? + 1;
        let id = MessageId::try_from(id).map_err(StoreError::corrupt)?;
        Ok((id, conversation(old)?.active_message_id))
    }
}

/// The message of an item. One from before conversations had branches follows the message before it.
pub(in crate::store) fn message(mut item: Item) -> Result<Message, StoreError> {
    let path = item.remove("path").map(path).transpose()?;
    let mut message = Message { path, ..item::read(item)? };
    if message.path.is_none() && message.parent_id.is_none() {
        message.parent_id = MessageId::try_from(message.id.get() - 1).ok();
    }
    Ok(message)
}

/// The ids of a path. It was once stored as a list of numbers, which takes longer to read.
fn path(value: AttributeValue) -> Result<Vec<MessageId>, StoreError> {
    match value {
        AttributeValue::S(ids) => ids
            .split_ascii_whitespace()
            .map(|id| id.parse::<u64>().ok().and_then(|id| MessageId::try_from(id).ok()))
            .collect::<Option<_>>()
            .ok_or_else(|| StoreError::corrupt("a path has something else than ids")),
        list => serde_dynamo::from_attribute_value(list).map_err(StoreError::from),
    }
}

fn parse(id: &str) -> Result<MessageId, StoreError> {
    id.parse().map_err(StoreError::corrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_text_or_a_list() {
        let ids = |ids: &[u64]| -> Vec<MessageId> {
            ids.iter().map(|id| MessageId::try_from(*id).unwrap()).collect()
        };
        assert_eq!(path(item::s("12 2 1")).unwrap(), ids(&[12, 2, 1]));
        assert_eq!(path(item::s("")).unwrap(), []);
        let list = AttributeValue::L([12, 2, 1].map(item::n).to_vec());
        assert_eq!(path(list).unwrap(), ids(&[12, 2, 1]));
        for wrong in ["x", "1 -2", "1,2", "0"] {
            assert!(path(item::s(wrong)).is_err(), "{wrong}");
        }
    }
}
