use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::sleep;

use super::{Chat, Reply, ReplyEvent, apart};
use crate::app::App;
use crate::auth::SignedIn;
use crate::id::ConversationId;
use crate::model::{Ending, Turn, TurnKey};
use crate::problem::{OrNotFound, Problem};
use crate::store::{Progress, StoreError};

/// So often somebody who joins an answer looks for more of it.
const LOOK: Duration = Duration::from_millis(400);
/// So many looks in a row may find nothing before the answer counts as interrupted.
const MAX_MISSED: usize = 2;

impl App {
    /// The answer that comes in a chat, from its beginning; `None` if none comes, or if the chat is
    /// not known yet. Two round trips, and one more for a client's own id.
    pub async fn running_reply(
        &'static self,
        caller: SignedIn,
        chat: &Chat,
    ) -> Result<Option<Reply>, Problem> {
        let Some(id) = self.conversation_of(&caller, chat).await? else { return Ok(None) };
        let running = match (self.store.of(&caller).running_turn(id).await, chat) {
            // The chat's name is free again.
            (Err(StoreError::NotFound), Chat::Alias(_)) => return Ok(None),
            (running, _) => running.or_not_found(Problem::ConversationNotFound)?,
        };
        Ok(running.map(|(lease, turn)| self.join(caller, lease.turn_key, turn)))
    }

    /// Asks the answer that comes in a chat to stop; it does so within two seconds, and what has
    /// come by then is stored. Two round trips, and one more for a client's own id.
    pub async fn stop_reply(&self, caller: &SignedIn, chat: &Chat) -> Result<(), Problem> {
        let id = self.conversation_of(caller, chat).await?;
        let id = id.ok_or(Problem::ConversationNotFound)?;
        self.store.of(caller).stop_turn(id).await.or_not_found(Problem::ConversationNotFound)
    }

    /// The conversation that a client names; `None` for a name of its own that is not known yet.
    pub(super) async fn conversation_of(
        &self,
        caller: &SignedIn,
        chat: &Chat,
    ) -> Result<Option<ConversationId>, Problem> {
        match chat {
            Chat::Conversation(id) => Ok(Some(*id)),
            Chat::Alias(alias) => Ok(self.store.of(caller).chat(alias).await?),
        }
    }

    /// Gives the answer that another request has asked for, or is asking for.
    pub(super) fn join(&'static self, caller: SignedIn, key: TurnKey, turn: Turn) -> Reply {
        let followed = turn.clone();
        let pieces =
            apart(|sender| async move { self.follow(&caller, &key, &followed, &sender).await });
        Reply { turn, history: None, left: None, pieces }
    }

    async fn follow(
        &self,
        caller: &SignedIn,
        key: &TurnKey,
        turn: &Turn,
        pieces: &UnboundedSender<ReplyEvent>,
    ) -> Result<Ending, Problem> {
        let store = self.store.of(caller);
        let (mut segments, mut sent, mut missed) = (0, 0, 0);
        while !pieces.is_closed() {
            match store.follow_turn(key, turn, segments).await {
                Ok(Progress::Running(new)) => {
                    (segments, missed) = (segments + new.len(), 0);
                    for text in new {
                        sent += text.len();
                        let _ = pieces.send(ReplyEvent::Delta(text));
                    }
                }
                Ok(Progress::Done(done)) => {
                    let (turn, answer) = *done;
                    let rest = answer.content.as_str().get(sent..).unwrap_or_default();
                    if !rest.is_empty() {
                        let _ = pieces.send(ReplyEvent::Delta(rest.to_owned()));
                    }
                    return turn.ending.ok_or_else(|| Problem::internal("a turn without an end"));
                }
                Err(StoreError::NotFound) => return Err(Problem::ConversationNotFound),
                // What is read at once need not be of one moment, and a busy table may answer the
                // next time.
                Ok(Progress::Failed) | Err(_) if missed < MAX_MISSED => missed += 1,
                Ok(Progress::Failed) => return Err(Problem::TurnInterrupted),
                Err(error) => return Err(error.into()),
            }
            sleep(LOOK).await;
        }
        Err(Problem::TurnInterrupted)
    }
}
