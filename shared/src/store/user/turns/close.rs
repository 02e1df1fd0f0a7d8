use std::collections::HashMap;
use std::time::Duration;

use super::load::lease;
use crate::id::{ConversationId, MessageId, RunId};
use crate::model::{
    Background, Ending, Interaction, KeyedTurn, Message, Role, Source, Turn, TurnState, Usage,
};
use crate::store::user::UserStore;
use crate::store::write::{Condition, Part, Update, Write, happened};
use crate::store::{Kind, StoreError, item, keys};
use crate::text::{Content, Title};

/// Segments are stored for an hour.
pub(super) const SEGMENT_LIFETIME: Duration = Duration::from_hours(1);

/// The reply of a turn, with how it ended.
#[derive(Debug)]
pub struct FinishedReply {
    /// The text.
    pub content: Content,
    /// The ids of the messages before the reply, the question first, as in [`Message::path`].
    pub path: Vec<MessageId>,
    /// How it ended.
    pub ending: Ending,
    /// The background that the interaction which is stored with it was personalized with.
    pub background: Option<Background>,
    /// What the quota counts: what the reply took, and a title beside it. `None` if only its function could
    /// say.
    pub used: Option<Usage>,
    /// A title that was made for the conversation.
    pub title: Option<GivenTitle>,
}

/// A title that a conversation gets, unless somebody has given it another one.
#[derive(Debug)]
pub struct GivenTitle {
    /// The title.
    pub title: Title,
    /// The title until then.
    pub instead_of: Title,
}

impl UserStore<'_> {
    /// Stores a segment of the reply, for those who join the turn. A repeated call must have the same
    /// text. One round trip.
    pub async fn store_segment(
        &self,
        turn: &Turn,
        number: usize,
        text: &str,
    ) -> Result<(), StoreError> {
        let key = keys::segment(self.user(), turn.conversation_id, &turn.run, number);
        let row = item::write(key, Kind::Segment, &HashMap::from([("text", text)]))?;
        let row = item::expires(row, self.store.clock.now().plus(SEGMENT_LIFETIME));
        let stored = self.store.send(Write::put(row).when(Condition::absent())).await;
        // A segment that is there already is our own, and the response of its write was lost.
        happened(stored).map(drop)
    }

    /// Renews the lease. Returns whether somebody asked the turn to stop; `None` if the turn has
    /// lost its lease. One round trip.
    pub async fn renew_turn(&self, turn: &Turn) -> Result<Option<bool>, StoreError> {
        let until = self.store.clock.now().plus(Turn::LEASE);
        let update = Write::update(&keys::conversation(self.user(), turn.conversation_id))
            .set("turn_until", item::s(until.to_string()))
            .returning_new()
            .when(has_lease(turn));
        match self.store.send(update).await {
            Ok(row) => Ok(lease(&row)?.map(|lease| lease.turn_stop)),
            outcome => happened(outcome).map(|_| None),
        }
    }

    /// Stores the reply with everything that belongs to it, and ends the lease. The reply becomes the
    /// active message, unless somebody has chosen another branch since the turn was opened. One round
    /// trip, one transaction, and two more if somebody has, or has given the conversation another title; it
    /// may be repeated. `false`, and nothing is stored, if the turn has lost its lease.
    pub async fn close_turn(
        &self,
        keyed: &KeyedTurn,
        reply: &FinishedReply,
    ) -> Result<bool, StoreError> {
        let all = (true, reply.title.as_ref());
        let tries = [Some(all), reply.title.as_ref().map(|_| (true, None)), Some((false, None))];
        for (becomes_active, title) in tries.into_iter().flatten() {
            let writes = self.closing(keyed, reply, becomes_active, title)?;
            if happened(self.store.transact(writes).await)? || self.is_closed(keyed, reply).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn closing(
        &self,
        keyed: &KeyedTurn,
        reply: &FinishedReply,
        becomes_active: bool,
        title: Option<&GivenTitle>,
    ) -> Result<Vec<Part>, StoreError> {
        let turn = &keyed.turn;
        let message = Message {
            id: turn.reply_id,
            user_id: self.user().clone(),
            conversation_id: turn.conversation_id,
            role: Role::Assistant,
            content: reply.content.clone(),
            created_at: self.store.clock.now(),
            parent_id: Some(turn.question_id),
            path: Some(reply.path.clone()),
            source: Source::Turn,
        };
        let interaction = Interaction::of_turn(self.user(), turn, reply.background);
        let key = keys::interaction(self.user(), &interaction.id);
        let interaction = item::write(key, Kind::Interaction, &interaction)?;
        let reply_id = item::n(turn.reply_id.get());
        let ended = self.end_turn(keyed, TurnState::Done)?;
        let mut conversation = self.end_lease(turn).set("last_reply_id", reply_id.clone());
        if becomes_active {
            // Nobody has chosen another branch since the turn was opened.
            let active = turn.active_message_id.map(|active| item::n(active.get()));
            let still = Condition::is("active_message_id", active);
            conversation = conversation.set("active_message_id", reply_id).when(still);
        }
        if let Some(given) = title {
            let still = Condition::is("title", item::s(given.instead_of.as_str()));
            conversation = conversation.set("title", item::s(given.title.as_str())).when(still);
        }
        let mut writes: Vec<Part> = vec![
            conversation.into(),
            Write::put(self.message_row(&message)?).when(Condition::absent()).into(),
            ended.set("ending", item::value(reply.ending)?).into(),
            Write::put(interaction).when(Condition::absent()).into(),
        ];
        writes.extend(reply.used.map(|used| self.settlement(turn, Some(used)).into()));
        Ok(writes)
    }

    /// Ends the turn and its lease without a reply; the same request may try again. `used` is what its
    /// run used, if anything. One round trip, one transaction. `false`, and nothing is written, if the
    /// turn has lost its lease.
    pub async fn fail_turn(
        &self,
        keyed: &KeyedTurn,
        used: Option<Usage>,
    ) -> Result<bool, StoreError> {
        let writes = [
            self.end_lease(&keyed.turn),
            self.end_turn(keyed, TurnState::Failed)?,
            self.settlement(&keyed.turn, used),
        ];
        happened(self.store.transact(writes).await)
    }

    /// Asks the running turn to stop, for the user: nothing waits for it any more. Two round trips, one if none
    /// is running. [`StoreError::NotFound`] if there is no such conversation.
    pub async fn stop_turn(&self, id: ConversationId) -> Result<(), StoreError> {
        let Some(lease) = self.lease(id).await? else { return Ok(()) };
        let stop = self.stop(id, &lease.turn_run)?.set("turn_released", item::value(true)?);
        happened(self.store.send(stop).await).map(drop)
    }

    /// Asks a run to stop; if it has just ended, nothing happens. One round trip.
    pub async fn stop_run(&self, id: ConversationId, run: &RunId) -> Result<(), StoreError> {
        happened(self.store.send(self.stop(id, run)?).await).map(drop)
    }

    fn stop(&self, id: ConversationId, run: &RunId) -> Result<Write<Update>, StoreError> {
        Ok(Write::update(&keys::conversation(self.user(), id))
            .set("turn_stop", item::value(true)?)
            .when(Condition::is("turn_run", item::s(run.as_str()))))
    }

    /// Whether the turn is closed with this reply already, by a write whose response was lost. Another
    /// turn may have closed it, with less of the reply.
    async fn is_closed(
        &self,
        keyed: &KeyedTurn,
        reply: &FinishedReply,
    ) -> Result<bool, StoreError> {
        let (run, ending) = (&keyed.turn.run, Some(reply.ending));
        let row: Option<Turn> = self.store.row(&keys::chat_turn(self.user(), &keyed.key)).await?;
        Ok(row.is_some_and(|row| row.run == *run && row.ending == ending))
    }

    fn end_lease(&self, turn: &Turn) -> Write<Update> {
        let conversation = Write::update(&keys::conversation(self.user(), turn.conversation_id));
        conversation.when(has_lease(turn)).remove([
            "turn_key",
            "turn_run",
            "turn_until",
            "turn_stop",
            "turn_released",
            "turn_question_id",
            "turn_reply_id",
        ])
    }

    /// Ends the turn, if what is stored of it is this run.
    fn end_turn(&self, keyed: &KeyedTurn, state: TurnState) -> Result<Write<Update>, StoreError> {
        Ok(Write::update(&keys::chat_turn(self.user(), &keyed.key))
            .set("state", item::value(state)?)
            .when(Condition::is("run", item::s(keyed.turn.run.as_str()))))
    }
}

/// The conversation's lease is that of this turn.
fn has_lease(turn: &Turn) -> Condition {
    Condition::is("turn_run", item::s(turn.run.as_str())).and(Condition::is("deleting", None))
}
