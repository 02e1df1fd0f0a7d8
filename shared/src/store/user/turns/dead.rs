use super::close::FinishedReply;
use super::follow::texts;
use super::load::OpenConversation;
use crate::id::MessageId;
use crate::model::{Background, Ending, Finish, KeyedTurn, Lease, Turn, Usage};
use crate::store::user::UserStore;
use crate::store::{StoreError, keys};
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
        let range = self.segments(open.conversation.id, &lease.turn_run, 0);
        let (mut rows, segments) =
            self.read_with_range(std::slice::from_ref(&row), &range, usize::MAX).await?;
        let turn = rows.take(&row)?.filter(|turn: &Turn| turn.run == lease.turn_run);
        let content = Content::try_from(texts(segments)?.0.concat());
        let (Some(turn), Ok(content)) = (turn, content) else { return Ok(false) };
        let usage = Usage { estimated: true, ..Usage::default() };
        let reply = FinishedReply {
            content,
            path,
            ending: Ending { finish: Finish::Other, usage },
            background,
            used: None,
            title: None,
        };
        // Another request may have ended it since: then there is nothing left to do.
        let keyed = KeyedTurn { key: lease.turn_key.clone(), turn };
        self.close_turn(&keyed, &reply).await?;
        Ok(true)
    }
}
