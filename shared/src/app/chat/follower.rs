//! Follows a run that another request has started, by what it stores.

use std::time::Duration;

use tokio::time::sleep;

use super::{Events, ReplyEvent};
use crate::app::App;
use crate::auth::SignedIn;
use crate::model::{Ending, KeyedTurn, Message, Turn};
use crate::problem::Problem;
use crate::store::{Progress, StoreError};

/// How often a request that follows a run looks for more of its reply.
const POLL_INTERVAL: Duration = Duration::from_millis(400);
/// Maximum looks in a row that may find no running turn; after that, the turn was interrupted.
const MAX_MISSED: usize = 2;
/// Maximum requests that follow a run at once. One more ends the oldest, which may be of a connection
/// that was lost, since a function does not notice that its client has gone.
const MAX_JOINED: u64 = 8;
/// How long a request follows a run that has no new text.
const MAX_SILENCE: Duration = Duration::from_secs(20);

/// Sends the reply of a turn as it is stored, until it ends. [`Problem::JoinEnded`] if too many others have
/// joined since, or if the run is silent for too long.
pub(super) async fn follow(
    app: &App,
    caller: &SignedIn,
    followed: &KeyedTurn,
    events: &Events,
) -> Result<Ending, Problem> {
    let store = app.store.of(caller);
    let (mut seen, mut sent_bytes, mut missed) = (0, 0, 0);
    let (mut all_joined, mut displaced_at, mut heard_at) = (0, None, app.clock.now());
    while !events.is_closed() {
        match store.follow_turn(followed, seen).await {
            Ok(Progress::Running { segments, joined }) => {
                (all_joined, missed) = (joined, 0);
                for text in segments {
                    (seen, heard_at) = (seen + 1, app.clock.now());
                    sent_bytes += text.len();
                    send(events, text);
                }
            }
            Ok(Progress::Done(done)) => return end(*done, sent_bytes, events),
            Err(StoreError::NotFound) => return Err(Problem::ConversationNotFound),
            // Rows that are read together may come from different moments, and a busy table may
            // respond the next time.
            Ok(Progress::Failed) | Err(_) if missed < MAX_MISSED => missed += 1,
            Ok(Progress::Failed) => return Err(Problem::TurnInterrupted),
            Err(error) => return Err(error.into()),
        }
        let is_displaced = displaced_at.is_some_and(|joined| all_joined >= joined);
        if is_displaced || heard_at.until(app.clock.now()) >= MAX_SILENCE {
            return Err(Problem::JoinEnded);
        }
        if displaced_at.is_none() {
            // A busy table may respond the next time.
            let number = store.join_turn(&followed.turn).await.ok();
            displaced_at = number.map(|number| number.saturating_add(MAX_JOINED));
        }
        sleep(POLL_INTERVAL).await;
    }
    Err(Problem::TurnInterrupted)
}

/// Sends what is left of a reply that is complete, of which this many bytes were sent.
fn end(
    (turn, reply): (Turn, Message),
    sent_bytes: usize,
    events: &Events,
) -> Result<Ending, Problem> {
    send(events, reply.content.as_str().get(sent_bytes..).unwrap_or_default().to_owned());
    turn.ending.ok_or_else(|| Problem::internal("a turn without an end"))
}

fn send(events: &Events, text: String) {
    if !text.is_empty() {
        // The client may have disconnected.
        let _ = events.send(ReplyEvent::Delta(text));
    }
}
