use super::close::{FinishedReply, is_run};
use super::load::OpenConversation;
use crate::id::MessageId;
use crate::model::{
    Background, Ending, Finish, Interaction, Lease, Message, StoredMessage, Turn, TurnKey,
    TurnState, Usage,
};
use crate::store::item;
use crate::store::keys::{self, AFTER_DIGITS};
use crate::store::read::Range;
use crate::store::user::UserStore;
use crate::store::write::{Condition, Part, Write};
use crate::store::{Kind, StoreError};
use crate::text::Content;

/// A turn whose function has died or stands still, with what it stored of its reply.
#[derive(Debug)]
pub struct DeadTurn {
    key: TurnKey,
    turn: Turn,
    /// `None` if it stored nothing.
    reply: Option<FinishedReply>,
    message: Option<Message>,
}

impl DeadTurn {
    /// Adds the beginning of its reply to what was read of its conversation: it will be stored with the turn
    /// that takes its lease over.
    pub fn add_to(&self, open: &mut OpenConversation) {
        let active = &mut open.conversation.active_message_id;
        if let Some(message) = self.message.clone() {
            if *active == self.turn.active_message_id {
                *active = Some(message.id);
            }
            open.tree.extend([StoredMessage { message, client_id: None }]);
        }
    }
}

impl UserStore<'_> {
    /// What a dead turn left, by its lease; `None` if its row is not there. `path` are the ids before its
    /// reply. One round trip.
    pub async fn dead_turn(
        &self,
        open: &OpenConversation,
        lease: &Lease,
        path: Vec<MessageId>,
        background: Option<Background>,
    ) -> Result<Option<DeadTurn>, StoreError> {
        let row = keys::chat_turn(self.user(), &lease.turn_key);
        let prefix = keys::segments(&lease.turn_run);
        let mut range =
            Range::partition(keys::messages_partition(self.user(), open.conversation.id));
        range.between = Some((format!("{prefix}0"), format!("{prefix}{AFTER_DIGITS}")));
        let (mut rows, segments) =
            self.read_with_range(std::slice::from_ref(&row), &range, usize::MAX).await?;
        let turn: Option<Turn> = rows.take(&row)?;
        let Some(turn) = turn.filter(|turn| turn.run == lease.turn_run) else { return Ok(None) };
        let texts = segments.iter().filter(|row| row.contains_key("text"));
        let text: String = texts.map(|row| item::text(row, "text")).collect::<Result<_, _>>()?;
        let used = Usage { estimated: true, ..Usage::default() };
        let reply = Content::try_from(text).ok().map(|content| FinishedReply {
            content,
            path,
            ending: Ending { finish: Finish::Other, usage: used },
            used,
            title: None,
            interaction: Interaction::of_turn(self.user(), &turn, background),
        });
        let message = reply.as_ref().map(|reply| self.reply_message(&turn, reply));
        Ok(Some(DeadTurn { key: lease.turn_key.clone(), turn, reply, message }))
    }

    /// Ends a dead turn with the beginning of its reply, or without one. The quota goes on counting what
    /// its run was expected to take, until the function says otherwise.
    pub(super) fn close_dead(&self, dead: &DeadTurn) -> Result<Vec<Part>, StoreError> {
        let (Some(reply), Some(message)) = (&dead.reply, &dead.message) else {
            let failed = self.end_turn(&dead.key, TurnState::Failed)?;
            return Ok(vec![failed.when(is_run(&dead.turn)).into()]);
        };
        let interaction = keys::interaction(self.user(), &reply.interaction.id);
        let interaction = item::write(interaction, Kind::Interaction, &reply.interaction)?;
        let done = self.end_turn(&dead.key, TurnState::Done)?;
        Ok(vec![
            done.set("ending", item::value(reply.ending)?).when(is_run(&dead.turn)).into(),
            Write::put(self.message_row(message)?).when(Condition::absent()).into(),
            Write::put(interaction).when(Condition::absent()).into(),
        ])
    }
}
