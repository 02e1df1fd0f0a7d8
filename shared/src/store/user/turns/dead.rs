use super::close::FinishedReply;
use super::load::OpenConversation;
use crate::id::MessageId;
use crate::model::{Background, Ending, Finish, Interaction, Lease, Turn, Usage};
use crate::store::keys::{self, AFTER_DIGITS};
use crate::store::read::Range;
use crate::store::user::UserStore;
use crate::store::{StoreError, item};
use crate::text::Content;

impl UserStore<'_> {
    /// Ends a turn whose function has died or stands still: what it has stored of its reply becomes its reply.
    /// `path` are the ids before that. `false` if it has stored nothing: then the turn that takes its lease
    /// over ends it. The quota goes on counting what its run was expected to take, until the function says
    /// otherwise. Two round trips, the last of them a transaction.
    pub async fn close_dead_turn(
        &self,
        open: &OpenConversation,
        lease: &Lease,
        path: Vec<MessageId>,
        background: Option<Background>,
    ) -> Result<bool, StoreError> {
        let row = keys::chat_turn(self.user(), &lease.turn_key);
        let prefix = keys::segments(&lease.turn_run);
        let mut range =
            Range::partition(keys::messages_partition(self.user(), open.conversation.id));
        range.between = Some((format!("{prefix}0"), format!("{prefix}{AFTER_DIGITS}")));
        let (mut rows, segments) =
            self.read_with_range(std::slice::from_ref(&row), &range, usize::MAX).await?;
        let turn: Option<Turn> = rows.take(&row)?;
        let texts = segments.iter().filter(|row| row.contains_key("text"));
        let text: String = texts.map(|row| item::text(row, "text")).collect::<Result<_, _>>()?;
        let turn = turn.filter(|turn| turn.run == lease.turn_run);
        let (Some(turn), Ok(content)) = (turn, Content::try_from(text)) else { return Ok(false) };
        let usage = Usage { estimated: true, ..Usage::default() };
        let reply = FinishedReply {
            content,
            path,
            ending: Ending { finish: Finish::Other, usage },
            interaction: Interaction::of_turn(self.user(), &turn, background),
            used: None,
            title: None,
        };
        // Another request may have ended it since: then there is nothing left to do.
        self.close_turn(&lease.turn_key, &turn, &reply).await?;
        Ok(true)
    }
}
