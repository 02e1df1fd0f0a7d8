//! Keeps hold of a conversation while its answer comes, and of what has come for those who join.

use std::future::{Future, pending};
use std::pin::Pin;

use super::answer::Job;
use crate::store::{Store, StoreError};

/// What came of a renewal.
pub(super) enum Kept {
    /// The turn goes on.
    On,
    /// Somebody asked it to stop.
    Stop,
    /// Another request has taken the conversation over.
    Lost,
}

type Renewal<'a> = Pin<Box<dyn Future<Output = (Lease, Result<(), StoreError>)> + Send + 'a>>;
type Lease = Result<Option<bool>, StoreError>;

/// Renews the lease of a turn beside its answer: a slow table must not hold the answer up.
pub(super) struct Keeper<'a> {
    store: &'a Store,
    job: &'a Job,
    /// Segments that are written.
    segments: usize,
    /// So many bytes of the text are in them.
    kept: usize,
    /// So many will be with the one that is being written. One that failed is written again as it
    /// was: it may be there after all.
    end: usize,
    renewal: Option<Renewal<'a>>,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(store: &'a Store, job: &'a Job) -> Self {
        Self { store, job, segments: 0, kept: 0, end: 0, renewal: None }
    }

    /// Whether no renewal is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.renewal.is_none()
    }

    /// Begins to renew the lease, and to write what is new of the text.
    pub(super) fn begin(&mut self, text: &str) {
        if self.end == self.kept {
            self.end = text.len();
        }
        let new = text.get(self.kept..self.end).unwrap_or_default().to_owned();
        let (store, turn, number) =
            (self.store.of(&self.job.caller), &self.job.turn, self.segments);
        self.renewal = Some(Box::pin(async move {
            let segment = async {
                if new.is_empty() { Ok(()) } else { store.store_segment(turn, number, &new).await }
            };
            tokio::join!(store.renew_turn(turn), segment)
        }));
    }

    /// Waits for the end of the renewal that is under way; without one, for ever.
    pub(super) async fn end(&mut self) -> Kept {
        let Some(renewal) = &mut self.renewal else { return pending().await };
        let (lease, segment) = renewal.await;
        self.renewal = None;
        let interaction_id = self.job.turn.interaction_id.as_str();
        match segment {
            Ok(()) => {
                self.segments += usize::from(self.end > self.kept);
                self.kept = self.end;
            }
            Err(error) => {
                tracing::warn!(interaction_id, cause = %error, "a segment could not be written");
            }
        }
        match lease {
            Ok(Some(true)) => Kept::Stop,
            Ok(Some(false)) => Kept::On,
            Ok(None) => Kept::Lost,
            // The lease outlasts many of these.
            Err(error) => {
                tracing::warn!(interaction_id, cause = %error, "a running turn could not be renewed");
                Kept::On
            }
        }
    }
}
