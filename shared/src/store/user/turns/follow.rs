use super::close::SEGMENT_LIFETIME;
use super::load::lease;
use crate::id::{ConversationId, RunId};
use crate::model::{KeyedTurn, Lease, Message, Turn, TurnState};
use crate::store::item::Item;
use crate::store::keys::{self, AFTER_DIGITS};
use crate::store::read::Range;
use crate::store::user::UserStore;
use crate::store::write::Write;
use crate::store::{Kind, StoreError, item};

/// How far a turn has come that another function runs.
#[derive(Debug)]
pub enum Progress {
    /// It is running.
    Running {
        /// The segments of its reply that are new.
        segments: Vec<String>,
        /// How many requests have joined it so far.
        joined: u64,
    },
    /// It has ended: the turn, and the whole reply.
    Done(Box<(Turn, Message)>),
    /// There is no reply: the turn failed, or its function died.
    Failed,
}

impl UserStore<'_> {
    /// The turn that is running in a conversation. Two round trips, one if none is running.
    /// [`StoreError::NotFound`] if there is no such conversation.
    pub async fn running_turn(&self, id: ConversationId) -> Result<Option<KeyedTurn>, StoreError> {
        let lease = self.lease(id).await?;
        let now = self.store.clock.now();
        let Some(lease) = lease.filter(|lease| lease.is_live(now)) else { return Ok(None) };
        let turn: Option<Turn> =
            self.store.row(&keys::chat_turn(self.user(), &lease.turn_key)).await?;
        let turn = turn.filter(|turn| turn.run == lease.turn_run);
        Ok(turn.map(|turn| KeyedTurn { key: lease.turn_key, turn }))
    }

    /// The lease in a conversation; one round trip.
    pub async fn lease(&self, id: ConversationId) -> Result<Option<Lease>, StoreError> {
        let key = keys::conversation(self.user(), id);
        let mut rows = self.read(std::slice::from_ref(&key)).await?;
        lease(&self.alive(&mut rows, id)?)
    }

    /// Counts a request that joins a run. Returns how many have joined it, with this one. One round
    /// trip.
    ///
    /// The count has a row of its own: the closing of the turn is a transaction, and others who write
    /// its rows would make it conflict.
    pub async fn join_turn(&self, turn: &Turn) -> Result<u64, StoreError> {
        let expires_at = self.store.clock.now().plus(SEGMENT_LIFETIME);
        let row = keys::joins(self.user(), turn.conversation_id, &turn.run);
        let count = Write::update(&row)
            .set_kind(Kind::Joins)
            .set("ttl", item::n(expires_at.seconds()))
            .add("joined", item::n(1))
            .returning_new();
        item::number(&self.store.send(count).await?, "joined")
    }

    /// How far a turn has come, with the segments of its reply after the first `seen`. One round
    /// trip.
    pub async fn follow_turn(
        &self,
        KeyedTurn { key, turn }: &KeyedTurn,
        seen: usize,
    ) -> Result<Progress, StoreError> {
        let id = turn.conversation_id;
        let row = keys::chat_turn(self.user(), key);
        let (own, reply) =
            (keys::conversation(self.user(), id), keys::message(self.user(), id, turn.reply_id));
        let range = self.segments(id, &turn.run, seen);
        let wanted = [row.clone(), own, reply.clone()];
        let (mut rows, segments) = self.read_with_range(&wanted, &range, usize::MAX).await?;
        let (now, reply) = (self.store.clock.now(), rows.take::<Message>(&reply)?);
        let conversation = self.alive(&mut rows, id)?;
        let current: Option<Turn> = rows.take(&row)?;
        match (current.filter(|current| current.run == turn.run), reply) {
            (Some(current), Some(reply)) if current.state == TurnState::Done => {
                Ok(Progress::Done(Box::new((current, reply))))
            }
            (Some(current), _) if current.state == TurnState::Running => {
                let is_live = lease(&conversation)?
                    .is_some_and(|lease| lease.turn_run == turn.run && lease.is_live(now));
                if !is_live {
                    return Ok(Progress::Failed);
                }
                let (segments, joined) = texts(segments)?;
                Ok(Progress::Running { segments, joined })
            }
            _ => Ok(Progress::Failed),
        }
    }

    /// Where the segments of a run's reply are after the first `seen`, and the count of requests that joined it.
    pub(super) fn segments(&self, id: ConversationId, run: &RunId, seen: usize) -> Range {
        let prefix = keys::segments(run);
        let between = Some((format!("{prefix}{seen:06}"), format!("{prefix}{AFTER_DIGITS}")));
        Range { between, ..Range::partition(keys::messages_partition(self.user(), id)) }
    }
}

/// Takes the segments apart from the count of requests that joined, which ends their range.
pub(super) fn texts(mut rows: Vec<Item>) -> Result<(Vec<String>, u64), StoreError> {
    let count = rows.pop_if(|last| last.contains_key("joined"));
    let joined = count.map_or(Ok(0), |count| item::number(&count, "joined"))?;
    let text = |segment| item::text(&segment, "text").map(str::to_owned);
    Ok((rows.into_iter().map(text).collect::<Result<_, _>>()?, joined))
}
