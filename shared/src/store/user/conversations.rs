use aws_sdk_dynamodb::types::ReturnValue;

use super::super::item::{self, Item};
use super::super::part::Condition;
use super::super::write::WriteError;
use super::super::{StoreError, SweepJob, keys, read::Rows};
use super::UserStore;
use crate::id::ConversationId;
use crate::model::{Conversation, IdempotencyKey};
use crate::text::Title;

/// A conversation that exists and is not deleted.
const ALIVE: &str = "attribute_exists(pk) AND attribute_not_exists(deleting)";

impl UserStore<'_> {
    /// Makes a conversation; three round trips. With an idempotency key that was used before, the
    /// conversation that it led to then.
    pub async fn create_conversation(
        &self,
        title: Title,
        key: Option<&IdempotencyKey>,
    ) -> Result<Conversation, StoreError> {
        let once = self.once(key, "create-conversation");
        let turn = once.as_ref().map(|once| once.row.clone());
        let mut rows = self.read(turn.as_slice()).await?;
        if let Some(once) = &once
            && let Some(id) = self.earlier(&mut rows, once)?
        {
            return self.conversation(parse(&id)?).await;
        }
        let id = self.reserve_conversation().await?;
        let now = self.store.clock.now();
        let user_id = self.user().clone();
        let conversation = Conversation { id, user_id, title, created_at: now, updated_at: now };
        let row = self.conversation_row(&conversation)?;
        match self.store_once(row, &id.to_string(), once.as_ref()).await? {
            Some(earlier) if earlier != id.to_string() => self.conversation(parse(&earlier)?).await,
            _ => Ok(conversation),
        }
    }

    /// The item of a new conversation, with its place in the index.
    pub(super) fn conversation_row(&self, conversation: &Conversation) -> Result<Item, StoreError> {
        let key = keys::conversation(self.user(), conversation.id);
        let mut row = item::write(key, "conversation", conversation)?;
        row.insert("last_message_id".into(), item::n(0));
        let sort = keys::activity_sort(conversation.updated_at, conversation.id);
        Ok(item::indexed(row, keys::conversations_by_activity(self.user()), sort))
    }

    /// A conversation; one round trip, 3 read units.
    pub async fn conversation(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        let key = keys::conversation(self.user(), id);
        let mut rows = self.read(std::slice::from_ref(&key)).await?;
        item::read(self.alive(&mut rows, id)?)
    }

    /// Gives a conversation another title; two round trips.
    pub async fn rename_conversation(
        &self,
        id: ConversationId,
        title: &Title,
    ) -> Result<Conversation, StoreError> {
        self.read(&[]).await?;
        item::read(self.touch(id, "title = :value", item::s(title.as_str())).await?)
    }

    /// Deletes a conversation with its messages: it is gone at once, and a job to remove the rows
    /// is left in the same transaction. Two round trips.
    pub async fn delete_conversation(&self, id: ConversationId) -> Result<(), StoreError> {
        self.read(&[]).await?;
        let now = self.store.clock.now();
        let job = SweepJob { user_id: self.user().clone(), conversation_id: id, created_at: now };
        let alive = Condition::new(ALIVE).value(":now", item::s(now.to_string()));
        let own = keys::conversation(self.user(), id);
        let parts = vec![
            self.store.update_part(&own, "SET deleting = :now REMOVE gsi1pk, gsi1sk", alive)?,
            self.store.put_part(item::write(job.key(), "sweep_job", &job)?, Condition::absent())?,
        ];
        match self.store.transact(parts).await {
            Ok(()) => Ok(()),
            Err(WriteError::ConditionFailed(..)) => Err(StoreError::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// The item of a conversation that exists and is not deleted, out of what was read.
    pub(super) fn alive(&self, rows: &mut Rows, id: ConversationId) -> Result<Item, StoreError> {
        let item = rows.take_item(&keys::conversation(self.user(), id));
        item.filter(|item| !item.contains_key("deleting")).ok_or(StoreError::NotFound)
    }

    /// Changes a live conversation and moves its time of last activity to now; answers with the
    /// whole item. That time never goes back: when another function's clock was ahead, it stays.
    pub(super) async fn touch(
        &self,
        id: ConversationId,
        set: &str,
        value: aws_sdk_dynamodb::types::AttributeValue,
    ) -> Result<Item, StoreError> {
        let now = self.store.clock.now();
        let update = self
            .store
            .update(&keys::conversation(self.user(), id))
            .expression_attribute_values(":value", value)
            .return_values(ReturnValue::AllNew);
        let forward = update
            .clone()
            .update_expression(format!("SET {set}, updated_at = :now, gsi1sk = :sort"))
            .condition_expression(format!("{ALIVE} AND updated_at <= :now"))
            .expression_attribute_values(":now", item::s(now.to_string()))
            .expression_attribute_values(":sort", item::s(keys::activity_sort(now, id)));
        let outcome = match self.store.send_update(forward).await {
            Err(WriteError::ConditionFailed(_, Some(item))) if !item.contains_key("deleting") => {
                let still =
                    update.update_expression(format!("SET {set}")).condition_expression(ALIVE);
                self.store.send_update(still).await
            }
            outcome => outcome,
        };
        match outcome {
            Err(WriteError::ConditionFailed(..)) => Err(StoreError::NotFound),
            outcome => Ok(outcome?),
        }
    }

    async fn reserve_conversation(&self) -> Result<ConversationId, StoreError> {
        let update = self
            .store
            .update(&keys::account(self.user()))
            .update_expression("ADD last_conversation_id :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", item::n(1))
            .return_values(ReturnValue::UpdatedNew);
        match self.store.send_update(update).await {
            Ok(account) => conversation_id(item::number(&account, "last_conversation_id")?),
            Err(WriteError::ConditionFailed(..)) => Err(StoreError::SignedOut),
            Err(error) => Err(error.into()),
        }
    }
}

fn parse(id: &str) -> Result<ConversationId, StoreError> {
    id.parse().map_err(StoreError::corrupt)
}

fn conversation_id(number: u64) -> Result<ConversationId, StoreError> {
    ConversationId::try_from(number).map_err(StoreError::corrupt)
}
