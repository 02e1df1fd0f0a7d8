use super::find::conversation_id;
use super::follower::follow;
use super::{Chat, Reply};
use crate::app::App;
use crate::auth::SignedIn;
use crate::model::{KeyedTurn, QuotaRemaining};
use crate::problem::{OrNotFound, Problem};
use crate::store::StoreError;

impl App {
    /// The reply that is running in a chat, from its beginning; `None` if none is running, or if the
    /// chat is not known yet. Two round trips, and one more for a client's own id.
    pub async fn running_reply(
        &'static self,
        caller: SignedIn,
        chat: &Chat,
    ) -> Result<Option<Reply>, Problem> {
        let store = self.store.of(&caller);
        let Some(id) = conversation_id(&store, chat).await? else { return Ok(None) };
        let running = match (store.running_turn(id).await, chat) {
            // The client's id stood for a conversation that was deleted: it is free again.
            (Err(StoreError::NotFound), Chat::Alias(_)) => return Ok(None),
            (running, _) => running.or_not_found(Problem::ConversationNotFound)?,
        };
        Ok(running.map(|running| self.join(caller, running, None)))
    }

    /// Asks the reply that is running in a chat to stop. It stops within two seconds, and its text
    /// so far is stored. Two round trips, and one more for a client's own id.
    pub async fn stop_reply(&self, caller: &SignedIn, chat: &Chat) -> Result<(), Problem> {
        let store = self.store.of(caller);
        let id = conversation_id(&store, chat).await?.ok_or(Problem::ConversationNotFound)?;
        store.stop_turn(id).await.or_not_found(Problem::ConversationNotFound)
    }

    /// The reply of a turn that another request has opened.
    pub(super) fn join(
        &'static self,
        caller: SignedIn,
        followed: KeyedTurn,
        quota_remaining: Option<QuotaRemaining>,
    ) -> Reply {
        let turn = followed.turn.clone();
        Reply::spawn(turn, None, quota_remaining, |events| async move {
            follow(self, &caller, &followed, &events).await
        })
    }
}
