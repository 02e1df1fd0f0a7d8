//! Renews the lease of a running turn, and stores segments of its reply for those who join.

use std::future::{Future, pending};
use std::pin::Pin;

use super::job::Job;
use crate::store::{Store, StoreError};

/// What a renewal found.
pub(super) enum Renewed {
    /// The run goes on.
    Running,
    /// The user asked the turn to stop.
    StopRequested,
    /// Another run has the lease of the conversation, or the conversation was deleted.
    Superseded,
}

/// Whether the user asked the turn to stop; `None` if the run was superseded.
type LeaseOutcome = Result<Option<bool>, StoreError>;
type UnderWay<'a> =
    Pin<Box<dyn Future<Output = (LeaseOutcome, Result<(), StoreError>)> + Send + 'a>>;

/// Renews a lease while deltas arrive: a slow table must not delay the reply.
pub(super) struct LeaseRenewal<'a> {
    store: &'a Store,
    job: &'a Job,
    /// Number of segments stored.
    segments: usize,
    /// Bytes of the text that these segments contain.
    stored_bytes: usize,
    /// The same once the segment that is being written is stored. A segment whose write failed is
    /// written again unchanged, since it may be stored after all.
    written_bytes: usize,
    under_way: Option<UnderWay<'a>>,
}

impl<'a> LeaseRenewal<'a> {
    pub(super) fn new(store: &'a Store, job: &'a Job) -> Self {
        Self { store, job, segments: 0, stored_bytes: 0, written_bytes: 0, under_way: None }
    }

    /// Whether no renewal is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_none()
    }

    /// Begins to renew the lease, and to store the part of the text that is new.
    pub(super) fn begin(&mut self, text: &str) {
        if self.written_bytes == self.stored_bytes {
            self.written_bytes = text.len();
        }
        let new = text.get(self.stored_bytes..self.written_bytes).unwrap_or_default().to_owned();
        let (store, turn, number) =
            (self.store.of(&self.job.caller), &self.job.turn, self.segments);
        self.under_way = Some(Box::pin(async move {
            let segment = async {
                if new.is_empty() { Ok(()) } else { store.store_segment(turn, number, &new).await }
            };
            tokio::join!(store.renew_turn(turn), segment)
        }));
    }

    /// Waits for the end of the renewal that is under way; for ever if none is.
    pub(super) async fn end(&mut self) -> Renewed {
        let Some(under_way) = &mut self.under_way else { return pending().await };
        let (lease, segment) = under_way.await;
        self.under_way = None;
        let interaction_id = self.job.turn.interaction_id.as_str();
        match segment {
            Ok(()) => {
                self.segments += usize::from(self.written_bytes > self.stored_bytes);
                self.stored_bytes = self.written_bytes;
            }
            Err(error) => {
                tracing::warn!(interaction_id, cause = %error, "a segment could not be stored");
            }
        }
        match lease {
            Ok(Some(true)) => Renewed::StopRequested,
            Ok(Some(false)) => Renewed::Running,
            Ok(None) => Renewed::Superseded,
            // The lease lasts long enough for many more renewals.
            Err(error) => {
                tracing::warn!(interaction_id, cause = %error, "a lease could not be renewed");
                Renewed::Running
            }
        }
    }
}
