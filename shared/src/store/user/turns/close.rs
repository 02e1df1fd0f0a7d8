use super::super::super::StoreError;
use super::super::super::item;
use super::super::super::keys;
use super::super::super::part::Condition;
use super::super::super::write::WriteError;
use super::super::UserStore;
use super::load::lease;
use crate::model::{Ending, Interaction, Message, Role, Turn, TurnKey, TurnState};
use crate::text::Content;

/// The end of a turn that has an answer.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub content: Content,
    /// How it ended.
    pub ending: Ending,
    /// The interaction that is logged with it.
    pub interaction: Interaction,
}

impl UserStore<'_> {
    /// Keeps hold of the conversation, and adds a piece of the answer for those who join; answers
    /// whether somebody asked the turn to stop. `None` if the turn has lost its conversation.
    pub async fn renew_turn(
        &self,
        turn: &Turn,
        piece: Option<(usize, &str)>,
    ) -> Result<Option<bool>, StoreError> {
        /// Segments are kept for an hour.
        const KEPT: std::time::Duration = std::time::Duration::from_hours(1);
        let now = self.store.clock.now();
        let update = self
            .store
            .update(&keys::conversation(self.user(), turn.conversation_id))
            .update_expression("SET turn_until = :until")
            .condition_expression("turn_run = :run AND attribute_not_exists(deleting)")
            .expression_attribute_values(":run", item::s(turn.run.as_str()))
            .expression_attribute_values(":until", item::s(now.plus(Turn::LEASE).to_string()))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew);
        let segment = async {
            let Some((number, text)) = piece else { return Ok(()) };
            let key = keys::segment(self.user(), turn.conversation_id, &turn.run, number);
            let row =
                item::write(key, "segment", &std::collections::HashMap::from([("text", text)]))?;
            match self.store.put(item::expires(row, now.plus(KEPT)), Condition::absent()).await {
                // What stands there is our own write, whose reply was lost.
                Ok(()) | Err(WriteError::ConditionFailed(..)) => Ok(()),
                Err(error) => Err(StoreError::from(error)),
            }
        };
        let (renewed, segment) = tokio::join!(self.store.send_update(update), segment);
        segment?;
        match renewed {
            Ok(row) => Ok(lease(&row)?.map(|lease| lease.turn_stop)),
            Err(WriteError::ConditionFailed(..)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the answer with everything that belongs to it, and lets the conversation go. One
    /// round trip, one transaction. `false`, and nothing is stored, if the turn has lost its
    /// conversation.
    pub async fn close_turn(
        &self,
        key: &TurnKey,
        turn: &Turn,
        answered: Answered,
    ) -> Result<bool, StoreError> {
        let message = Message {
            id: turn.answer_id,
            user_id: self.user().clone(),
            conversation_id: turn.conversation_id,
            role: Role::Assistant,
            content: answered.content,
            created_at: self.store.clock.now(),
        };
        let usage = answered.ending.usage;
        let done = Condition::new("run = :run")
            .name("#state", "state")
            .value(":run", item::s(turn.run.as_str()))
            .value(":state", serde_dynamo::to_attribute_value(TurnState::Done)?)
            .value(":ending", serde_dynamo::to_attribute_value(answered.ending)?);
        let tokens = Condition::present()
            .value(":tokens", item::n(usage.input_tokens.saturating_add(usage.output_tokens)));
        let interaction = keys::interaction(self.user(), &answered.interaction.id);
        let mut parts = vec![
            self.let_go(turn)?,
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
        self.unless_lost(parts).await
    }

    /// Lets the conversation go without an answer; the same request may try again. One round trip,
    /// one transaction.
    pub async fn fail_turn(&self, key: &TurnKey, turn: &Turn) -> Result<bool, StoreError> {
        let failed = Condition::new("run = :run")
            .name("#state", "state")
            .value(":run", item::s(turn.run.as_str()))
            .value(":state", serde_dynamo::to_attribute_value(TurnState::Failed)?);
        let key = keys::turn(self.user(), key.as_str());
        let parts =
            vec![self.let_go(turn)?, self.store.update_part(&key, "SET #state = :state", failed)?];
        self.unless_lost(parts).await
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

    fn let_go(
        &self,
        turn: &Turn,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, StoreError> {
        let own = Condition::new("turn_run = :run AND attribute_not_exists(deleting)")
            .value(":run", item::s(turn.run.as_str()));
        self.store.update_part(
            &keys::conversation(self.user(), turn.conversation_id),
            "REMOVE turn_key, turn_run, turn_until, turn_stop",
            own,
        )
    }

    async fn unless_lost(
        &self,
        parts: Vec<aws_sdk_dynamodb::types::TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        match self.store.transact(parts).await {
            Ok(()) => Ok(true),
            Err(WriteError::ConditionFailed(..)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
