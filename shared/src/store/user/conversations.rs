use super::UserStore;
use crate::id::{ConversationId, MessageId};
use crate::model::{Conversation, ConversationChange, IdempotencyKey};
use crate::store::item::{self, Item};
use crate::store::keys::Key;
use crate::store::read::Rows;
use crate::store::write::{Condition, Part, Update, Write, WriteError};
use crate::store::{ConversationSweep, Kind, StoreError, keys};
use crate::text::Title;

/// A conversation that exists and is not deleted.
const ALIVE: &str = "attribute_exists(pk) AND attribute_not_exists(deleting)";

impl UserStore<'_> {
    /// Makes a conversation; three round trips. With an idempotency key that was used before,
    /// returns the conversation that it led to then.
    pub async fn create_conversation(
        &self,
        title: Title,
        key: Option<&IdempotencyKey>,
    ) -> Result<Conversation, StoreError> {
        let once = self.once(key, "create-conversation");
        let row = once.as_ref().map(|once| once.row.clone());
        let mut rows = self.read(row.as_slice()).await?;
        if let Some(once) = &once
            && let Some(id) = self.earlier(&mut rows, once)?
        {
            return self.conversation(parse(&id)?).await;
        }
        let id = self.reserve_conversation().await?;
        let now = self.store.clock.now();
        let user_id = self.user().clone();
        let conversation = Conversation::new(id, user_id, title, now);
        let row = self.conversation_row(&conversation)?;
        match self.store_once(row, &id.to_string(), once.as_ref()).await? {
            Some(earlier) if earlier != id.to_string() => self.conversation(parse(&earlier)?).await,
            _ => Ok(conversation),
        }
    }

    /// The item of a new conversation, with its place in the index.
    pub(super) fn conversation_row(&self, conversation: &Conversation) -> Result<Item, StoreError> {
        let key = keys::conversation(self.user(), conversation.id);
        let mut row = item::write(key, Kind::Conversation, conversation)?;
        row.insert("last_message_id".into(), item::n(0));
        let sort = keys::activity_sort(conversation.updated_at, conversation.id);
        Ok(item::indexed(row, keys::conversations_by_activity(self.user()), sort))
    }

    /// A conversation; one round trip, 3 read units.
    pub async fn conversation(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        let key = keys::conversation(self.user(), id);
        let mut rows = self.read(std::slice::from_ref(&key)).await?;
        conversation(self.alive(&mut rows, id)?)
    }

    /// Gives a conversation another title, or another active message; two round trips. The choice of a
    /// branch is no activity. [`StoreError::MessageNotFound`] if it has no such message.
    pub async fn change_conversation(
        &self,
        id: ConversationId,
        change: &ConversationChange,
    ) -> Result<Conversation, StoreError> {
        let own = keys::conversation(self.user(), id);
        let message = change.active_message_id.map(|chosen| keys::message(self.user(), id, chosen));
        let own_too = message.as_ref().map(|_| own.clone());
        let wanted: Vec<Key> = own_too.into_iter().chain(message.clone()).collect();
        let mut rows = self.read(&wanted).await?;
        if let Some(message) = message {
            self.alive(&mut rows, id)?;
            rows.take_item(&message).ok_or(StoreError::MessageNotFound)?;
        }
        let changed = |update: Write<Update>| {
            let active = change.active_message_id;
            let update = match active {
                Some(active) => update.set("active_message_id", item::n(active.get())),
                None => update,
            };
            match &change.title {
                Some(title) => update.set("title", item::s(title.as_str())),
                None => update,
            }
        };
        if change.title.is_some() {
            return conversation(self.touch(id, changed).await?);
        }
        let chosen = changed(Write::update(&own)).returning_new().when(Condition::new(ALIVE));
        let row = self.store.send(chosen).await;
        conversation(row.map_err(|error| error.or(StoreError::NotFound))?)
    }

    /// Deletes a conversation with its messages: it is gone at once, and the same transaction leaves
    /// a job to delete the rows. Two round trips.
    pub async fn delete_conversation(&self, id: ConversationId) -> Result<(), StoreError> {
        self.read(&[]).await?;
        let now = self.store.clock.now();
        let user_id = self.user().clone();
        let job = ConversationSweep { user_id, conversation_id: id, created_at: now };
        let deleting = Write::update(&keys::conversation(self.user(), id))
            .set("deleting", item::s(now.to_string()))
            .remove(["gsi1pk", "gsi1sk"])
            .when(Condition::new(ALIVE));
        let job = Write::put(job.item()?).when(Condition::absent());
        let deleted = self.store.transact([Part::from(deleting), job.into()]);
        deleted.await.map_err(|error| error.or(StoreError::NotFound))
    }

    /// Takes the item of a conversation out of what was read. [`StoreError::NotFound`] if there is
    /// none or it is deleted.
    pub(super) fn alive(&self, rows: &mut Rows, id: ConversationId) -> Result<Item, StoreError> {
        let item = rows.take_item(&keys::conversation(self.user(), id));
        item.filter(|item| !item.contains_key("deleting")).ok_or(StoreError::NotFound)
    }

    /// Changes a conversation and moves its time of last activity to now; returns the whole item, as it is
    /// then unless `change` asks for the old one.
    /// That time never goes back: if another function's clock was ahead, it stays.
    pub(super) async fn touch(
        &self,
        id: ConversationId,
        change: impl FnOnce(Write<Update>) -> Write<Update>,
    ) -> Result<Item, StoreError> {
        let now = self.store.clock.now();
        let update = Write::update(&keys::conversation(self.user(), id)).returning_new();
        let update = change(update);
        let not_later =
            Condition::new("updated_at <= :now").value(":now", item::s(now.to_string()));
        let forward = update
            .clone()
            .set("updated_at", item::s(now.to_string()))
            .set("gsi1sk", item::s(keys::activity_sort(now, id)))
            .when(Condition::new(ALIVE))
            .when(not_later);
        let outcome = match self.store.send(forward).await {
            Err(WriteError::ConditionFailed(_, Some(item))) if !item.contains_key("deleting") => {
                self.store.send(update.when(Condition::new(ALIVE))).await
            }
            outcome => outcome,
        };
        outcome.map_err(|error| error.or(StoreError::NotFound))
    }

    async fn reserve_conversation(&self) -> Result<ConversationId, StoreError> {
        let update = Write::update(&keys::account(self.user()))
            .add("last_conversation_id", item::n(1))
            .returning_new()
            .when(Condition::present());
        let updated = self.store.send(update).await;
        let account = updated.map_err(|error| error.or(StoreError::SignedOut))?;
        conversation_id(item::number(&account, "last_conversation_id")?)
    }
}

/// The conversation of an item. Before conversations had branches, the newest message was the active one.
pub(in crate::store) fn conversation(row: Item) -> Result<Conversation, StoreError> {
    let last = item::number(&row, "last_message_id")?;
    let mut conversation: Conversation = item::read(row)?;
    let last = MessageId::try_from(last).ok();
    conversation.active_message_id = conversation.active_message_id.or(last);
    Ok(conversation)
}

fn parse(id: &str) -> Result<ConversationId, StoreError> {
    id.parse().map_err(StoreError::corrupt)
}

/// The id of a conversation that the table has as a number.
pub(super) fn conversation_id(number: u64) -> Result<ConversationId, StoreError> {
    ConversationId::try_from(number).map_err(StoreError::corrupt)
}
