use super::super::super::StoreError;
use super::super::super::item;
use super::super::super::keys::{self, AFTER_DIGITS};
use super::super::super::read::Range;
use super::super::UserStore;
use super::load::lease;
use crate::id::ConversationId;
use crate::model::{Lease, Message, Turn, TurnKey, TurnState};

/// How far a turn has come that somebody else answers.
#[derive(Debug)]
pub enum Progress {
    /// It is under way; the pieces of its answer that have come since.
    Running(Vec<String>),
    /// It has ended: the turn, and the whole answer.
    Done(Box<(Turn, Message)>),
    /// There is no answer: it failed, or its function died.
    Failed,
}

impl UserStore<'_> {
    /// The turn that runs in a conversation. One round trip. [`StoreError::NotFound`] if there is
    /// no such conversation.
    pub async fn running_turn(
        &self,
        id: ConversationId,
    ) -> Result<Option<(Lease, Turn)>, StoreError> {
        let key = keys::conversation(self.user(), id);
        let mut rows = self.read(std::slice::from_ref(&key)).await?;
        let lease = lease(&self.alive(&mut rows, id)?)?;
        let now = self.store.clock.now();
        let Some(lease) = lease.filter(|lease| lease.is_live(now)) else { return Ok(None) };
        let key = keys::turn(self.user(), lease.turn_key.as_str());
        let turn: Option<Turn> = self.store.get(std::slice::from_ref(&key)).await?.take(&key)?;
        Ok(turn.filter(|turn| turn.run == lease.turn_run).map(|turn| (lease, turn)))
    }

    /// What has become of a turn, and the pieces of its answer after the first `seen`. One round
    /// trip.
    pub async fn follow_turn(
        &self,
        key: &TurnKey,
        turn: &Turn,
        seen: usize,
    ) -> Result<Progress, StoreError> {
        let id = turn.conversation_id;
        let row = keys::turn(self.user(), key.as_str());
        let (own, answer) =
            (keys::conversation(self.user(), id), keys::message(self.user(), id, turn.reply_id));
        let prefix = keys::segments(&turn.run);
        let mut range = Range::partition(keys::messages_partition(self.user(), id));
        range.between = Some((format!("{prefix}{seen:06}"), format!("{prefix}{AFTER_DIGITS}")));
        let wanted = [row.clone(), own.clone(), answer.clone()];
        let (mut rows, segments) = self.read_with_range(&wanted, &range, usize::MAX).await?;
        let (now, answer) = (self.store.clock.now(), rows.take::<Message>(&answer)?);
        let conversation = self.alive(&mut rows, id)?;
        let current: Option<Turn> = rows.take(&row)?;
        match (current.filter(|current| current.run == turn.run), answer) {
            (Some(current), Some(answer)) if current.state == TurnState::Done => {
                Ok(Progress::Done(Box::new((current, answer))))
            }
            (Some(current), _) if current.state == TurnState::Running => {
                let held = lease(&conversation)?
                    .is_some_and(|lease| lease.turn_run == turn.run && lease.is_live(now));
                if !held {
                    return Ok(Progress::Failed);
                }
                let text = |segment| item::text(&segment, "text").map(str::to_owned);
                Ok(Progress::Running(segments.into_iter().map(text).collect::<Result<_, _>>()?))
            }
            _ => Ok(Progress::Failed),
        }
    }
}
