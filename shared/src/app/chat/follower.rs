//! Follows a run that another request has started, by what it stores.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::sleep;

use super::ReplyEvent;
use crate::app::App;
use crate::auth::SignedIn;
use crate::clock::{Clock, Timestamp};
use crate::model::{Ending, Turn, TurnKey};
use crate::problem::Problem;
use crate::store::{Progress, StoreError, UserStore};

/// How often a request that follows a run looks for more of its reply.
const POLL_INTERVAL: Duration = Duration::from_millis(400);
/// Maximum looks in a row that may find no running turn; after that, the turn was interrupted.
const MAX_MISSED: usize = 2;
/// Maximum requests that follow a run at once. One more ends the oldest, which may be of a connection
/// that was lost, since a function does not notice that its client has gone.
const MAX_JOINED: u64 = 8;
/// How long a request follows a run that has no new text.
const MAX_SILENCE: Duration = Duration::from_secs(20);

/// A request that follows a run.
pub(super) struct Follower<'a> {
    store: UserStore<'a>,
    clock: &'a Clock,
    key: &'a TurnKey,
    turn: &'a Turn,
    events: &'a UnboundedSender<ReplyEvent>,
    /// Number of segments read.
    segments: usize,
    sent_bytes: usize,
    /// Looks in a row that found no running turn.
    missed: usize,
    /// Its number among the requests that have joined the run, once it is counted.
    number: Option<u64>,
    /// How many have joined the run so far.
    joined: u64,
    /// When new text came last.
    heard_at: Timestamp,
}

impl<'a> Follower<'a> {
    pub(super) fn new(
        app: &'a App,
        caller: &'a SignedIn,
        key: &'a TurnKey,
        turn: &'a Turn,
        events: &'a UnboundedSender<ReplyEvent>,
    ) -> Self {
        Self {
            store: app.store.of(caller),
            clock: &app.clock,
            key,
            turn,
            events,
            segments: 0,
            sent_bytes: 0,
            missed: 0,
            number: None,
            joined: 0,
            heard_at: app.clock.now(),
        }
    }

    /// Sends the reply as it is stored, until it ends. [`Problem::JoinEnded`] if too many others have
    /// joined since, or if the run is silent for too long.
    pub(super) async fn follow(mut self) -> Result<Ending, Problem> {
        while !self.events.is_closed() {
            let looked = self.store.follow_turn(self.key, self.turn, self.segments).await;
            if let Some(end) = self.take(looked) {
                return end;
            }
            if self.is_displaced() || self.is_silent() {
                return Err(Problem::JoinEnded);
            }
            if self.number.is_none() {
                // A busy table may respond the next time.
                self.number = self.store.join_turn(self.turn).await.ok();
            }
            sleep(POLL_INTERVAL).await;
        }
        Err(Problem::TurnInterrupted)
    }

    /// Passes on what a look found. Returns how the reply ended, if it did.
    fn take(&mut self, looked: Result<Progress, StoreError>) -> Option<Result<Ending, Problem>> {
        match looked {
            Ok(Progress::Running { segments, joined }) => {
                (self.joined, self.missed) = (joined, 0);
                if !segments.is_empty() {
                    self.heard_at = self.clock.now();
                }
                self.segments += segments.len();
                for text in segments {
                    self.send(text);
                }
                None
            }
            Ok(Progress::Done(done)) => {
                let (turn, reply) = *done;
                let rest = reply.content.as_str().get(self.sent_bytes..).unwrap_or_default();
                self.send(rest.to_owned());
                Some(turn.ending.ok_or_else(|| Problem::internal("a turn without an end")))
            }
            Err(StoreError::NotFound) => Some(Err(Problem::ConversationNotFound)),
            // Rows that are read together may come from different moments, and a busy table may
            // respond the next time.
            Ok(Progress::Failed) | Err(_) if self.missed < MAX_MISSED => {
                self.missed += 1;
                None
            }
            Ok(Progress::Failed) => Some(Err(Problem::TurnInterrupted)),
            Err(error) => Some(Err(error.into())),
        }
    }

    fn send(&mut self, text: String) {
        self.sent_bytes += text.len();
        if !text.is_empty() {
            // The client may have disconnected.
            let _ = self.events.send(ReplyEvent::Delta(text));
        }
    }

    /// Whether too many have joined since.
    fn is_displaced(&self) -> bool {
        self.number.is_some_and(|number| self.joined >= number.saturating_add(MAX_JOINED))
    }

    fn is_silent(&self) -> bool {
        self.heard_at.until(self.clock.now()) >= MAX_SILENCE
    }
}
