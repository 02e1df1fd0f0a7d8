use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::sleep;

use super::find::conversation_id;
use super::{Chat, Reply, ReplyEvent, spawn_reply};
use crate::app::App;
use crate::auth::SignedIn;
use crate::model::{Ending, Turn, TurnKey};
use crate::problem::{OrNotFound, Problem};
use crate::store::{Progress, StoreError};

/// How often a request that joins a reply looks for more of it.
const POLL_INTERVAL: Duration = Duration::from_millis(400);
/// Maximum looks in a row that find no running turn, before the turn counts as interrupted.
const MAX_MISSED: usize = 2;

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
        Ok(running.map(|(lease, turn)| self.join(caller, lease.turn_key, turn)))
    }

    /// Asks the reply that is running in a chat to stop. It stops within two seconds, and its text
    /// so far is stored. Two round trips, and one more for a client's own id.
    pub async fn stop_reply(&self, caller: &SignedIn, chat: &Chat) -> Result<(), Problem> {
        let store = self.store.of(caller);
        let id = conversation_id(&store, chat).await?.ok_or(Problem::ConversationNotFound)?;
        store.stop_turn(id).await.or_not_found(Problem::ConversationNotFound)
    }

    /// The reply of a turn that another request has opened.
    pub(super) fn join(&'static self, caller: SignedIn, key: TurnKey, turn: Turn) -> Reply {
        let followed = turn.clone();
        let events =
            spawn_reply(
                |sender| async move { self.follow(&caller, &key, &followed, &sender).await },
            );
        Reply { turn, history: None, quota_remaining: None, events }
    }

    async fn follow(
        &self,
        caller: &SignedIn,
        key: &TurnKey,
        turn: &Turn,
        events: &UnboundedSender<ReplyEvent>,
    ) -> Result<Ending, Problem> {
        let store = self.store.of(caller);
        let (mut segments, mut sent_bytes, mut missed) = (0, 0, 0);
        while !events.is_closed() {
            match store.follow_turn(key, turn, segments).await {
                Ok(Progress::Running(new)) => {
                    (segments, missed) = (segments + new.len(), 0);
                    for text in new {
                        sent_bytes += text.len();
                        let _ = events.send(ReplyEvent::Delta(text));
                    }
                }
                Ok(Progress::Done(done)) => {
                    let (turn, reply) = *done;
                    let rest = reply.content.as_str().get(sent_bytes..).unwrap_or_default();
                    if !rest.is_empty() {
                        let _ = events.send(ReplyEvent::Delta(rest.to_owned()));
                    }
                    return turn.ending.ok_or_else(|| Problem::internal("a turn without an end"));
                }
                Err(StoreError::NotFound) => return Err(Problem::ConversationNotFound),
                // Rows that are read together may come from different moments, and a busy table may
                // respond the next time.
                Ok(Progress::Failed) | Err(_) if missed < MAX_MISSED => missed += 1,
                Ok(Progress::Failed) => return Err(Problem::TurnInterrupted),
                Err(error) => return Err(error.into()),
            }
            sleep(POLL_INTERVAL).await;
        }
        Err(Problem::TurnInterrupted)
    }
}
