use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::super::super::StoreError;
use super::super::super::item;
use super::super::super::keys;
use super::super::super::part::Condition;
use super::super::super::write::WriteError;
use super::super::UserStore;
use super::load::lease;
use crate::model::{Ending, Interaction, Message, Role, Turn, TurnKey, TurnState, Usage};
use crate::text::Content;

/// The end of a turn that has an answer.
#[derive(Debug)]
pub struct FinishedReply {
    /// The answer.
    pub content: Content,
    /// How it ended.
    pub ending: Ending,
    /// The interaction that is logged with it.
    pub interaction: Interaction,
}

impl UserStore<'_> {
    /// Adds a piece of the answer for those who join. The same number must have the same text when
    /// it is written again. One round trip.
    pub async fn keep_segment(
        &self,
        turn: &Turn,
        number: usize,
        text: &str,
    ) -> Result<(), StoreError> {
        /// Segments are kept for an hour.
        const KEPT: std::time::Duration = std::time::Duration::from_hours(1);
        let key = keys::segment(self.user(), turn.conversation_id, &turn.run, number);
        let row = item::write(key, "segment", &std::collections::HashMap::from([("text", text)]))?;
        let row = item::expires(row, self.store.clock.now().plus(KEPT));
        match self.store.put(row, Condition::absent()).await {
            // What stands there is our own write, whose reply was lost.
            Ok(()) | Err(WriteError::ConditionFailed(..)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps hold of the conversation; answers whether somebody asked the turn to stop. `None` if
    /// the turn has lost its conversation. One round trip.
    pub async fn renew_turn(&self, turn: &Turn) -> Result<Option<bool>, StoreError> {
        let now = self.store.clock.now();
        let update = self
            .store
            .update(&keys::conversation(self.user(), turn.conversation_id))
            .update_expression("SET turn_until = :until")
            .condition_expression("turn_run = :run AND attribute_not_exists(deleting)")
            .expression_attribute_values(":run", item::s(turn.run.as_str()))
            .expression_attribute_values(":until", item::s(now.plus(Turn::LEASE).to_string()))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew);
        match self.store.send_update(update).await {
            Ok(row) => Ok(lease(&row)?.map(|lease| lease.turn_stop)),
            Err(WriteError::ConditionFailed(..)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the answer with everything that belongs to it, and lets the conversation go. One
    /// round trip, one transaction; it may be repeated. `false`, and nothing is stored, if the turn
    /// has lost its conversation.
    pub async fn close_turn(
        &self,
        key: &TurnKey,
        turn: &Turn,
        answered: &FinishedReply,
    ) -> Result<bool, StoreError> {
        let message = Message {
            id: turn.reply_id,
            user_id: self.user().clone(),
            conversation_id: turn.conversation_id,
            role: Role::Assistant,
            content: answered.content.clone(),
            created_at: self.store.clock.now(),
        };
        let usage = answered.ending.usage;
        let done = Condition::new("run = :run")
            .name("#state", "state")
            .value(":run", item::s(turn.run.as_str()))
            .value(":state", serde_dynamo::to_attribute_value(TurnState::Done)?)
            .value(":ending", serde_dynamo::to_attribute_value(answered.ending)?);
        let tokens = Condition::present().value(":tokens", item::n(usage.total()));
        let interaction = keys::interaction(self.user(), &answered.interaction.id);
        let answer = item::n(turn.reply_id.get());
        let mut parts = vec![
            self.let_go(turn, "SET last_reply_id = :answer", &[(":answer", answer)])?,
            self.store.put_part(self.message_row(&message)?, Condition::absent())?,
            self.store.update_part(
                &keys::turn(self.user(), key.as_str()),
                "SET #state = :state, ending = :ending",
                done,
            )?,
            self.store.put_part(
                item::write(interaction, "interaction", &answered.interaction)?,
                Condition::absent(),
            )?,
            self.store.update_part(
                &keys::quota(self.user(), &turn.started_at.date()),
                "ADD tokens :tokens",
                tokens,
            )?,
        ];
        for id in &turn.replaces {
            let key = keys::message(self.user(), turn.conversation_id, *id);
            parts.push(self.store.delete_part(&key, Condition::always())?);
        }
        Ok(self.unless_lost(parts).await? || self.is_done(key, turn).await?)
    }

    /// Lets the conversation go without an answer; the same request may try again. One round trip,
    /// one transaction. `used` are the tokens that it took; a question to which nothing came is not
    /// counted in the quota.
    pub async fn fail_turn(
        &self,
        key: &TurnKey,
        turn: &Turn,
        used: Option<Usage>,
    ) -> Result<bool, StoreError> {
        let failed = Condition::new("run = :run")
            .name("#state", "state")
            .value(":run", item::s(turn.run.as_str()))
            .value(":state", serde_dynamo::to_attribute_value(TurnState::Failed)?);
        let key = keys::turn(self.user(), key.as_str());
        let mut parts = vec![
            self.let_go(turn, "", &[])?,
            self.store.update_part(&key, "SET #state = :state", failed)?,
        ];
        let quota = keys::quota(self.user(), &turn.started_at.date());
        let (update, name, value) = match used {
            Some(usage) => ("ADD tokens :tokens", ":tokens", item::n(usage.total())),
            None => ("ADD messages :back", ":back", AttributeValue::N("-1".to_owned())),
        };
        let counted = Condition::present().value(name, value);
        parts.push(self.store.update_part(&quota, update, counted)?);
        self.unless_lost(parts).await
    }

    /// Whether the turn has been closed already, by a write whose reply was lost.
    async fn is_done(&self, key: &TurnKey, turn: &Turn) -> Result<bool, StoreError> {
        let key = keys::turn(self.user(), key.as_str());
        let stored: Option<Turn> = self.store.get(std::slice::from_ref(&key)).await?.take(&key)?;
        Ok(stored.is_some_and(|stored| stored.run == turn.run && stored.state == TurnState::Done))
    }

    /// Asks the turn that runs in a conversation to stop; without one, nothing happens.
    /// [`StoreError::NotFound`] if there is no such conversation. Two round trips.
    pub async fn stop_turn(&self, id: crate::id::ConversationId) -> Result<(), StoreError> {
        let key = keys::conversation(self.user(), id);
        let mut rows = self.read(std::slice::from_ref(&key)).await?;
        let Some(lease) = lease(&self.alive(&mut rows, id)?)? else { return Ok(()) };
        let update = self
            .store
            .update(&key)
            .update_expression("SET turn_stop = :true")
            .condition_expression("turn_run = :run")
            .expression_attribute_values(":run", item::s(lease.turn_run.as_str()))
            .expression_attribute_values(":true", serde_dynamo::to_attribute_value(true)?);
        match self.store.send_update(update).await {
            // The turn has just ended.
            Ok(_) | Err(WriteError::ConditionFailed(..)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets the conversation go, and sets what `set` says.
    fn let_go(
        &self,
        turn: &Turn,
        set: &str,
        values: &[(&str, AttributeValue)],
    ) -> Result<TransactWriteItem, StoreError> {
        let mut own = Condition::new("turn_run = :run AND attribute_not_exists(deleting)")
            .value(":run", item::s(turn.run.as_str()));
        for (name, value) in values {
            own = own.value(name, value.clone());
        }
        let update = format!("{set} REMOVE turn_key, turn_run, turn_until, turn_stop");
        self.store.update_part(&keys::conversation(self.user(), turn.conversation_id), &update, own)
    }

    async fn unless_lost(&self, parts: Vec<TransactWriteItem>) -> Result<bool, StoreError> {
        match self.store.transact(parts).await {
            Ok(()) => Ok(true),
            Err(WriteError::ConditionFailed(..)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
