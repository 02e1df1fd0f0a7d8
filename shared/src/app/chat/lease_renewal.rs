//! Renews the lease of a running turn, and stores segments of its reply for those who join.

use std::future::pending;
use std::pin::Pin;

use super::job::Job;
use crate::store::StoreError;

/// Why no more deltas are taken from the assistant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamEnd {
    /// The assistant has sent its last delta.
    Complete,
    /// The user asked the turn to stop.
    Stopped,
    /// Another run has the lease of the conversation, or the conversation was deleted.
    Superseded,
}

/// Whether the user asked the turn to stop, `None` if the run was superseded; and whether the segment is stored.
type Renewed = (Result<Option<bool>, StoreError>, Result<(), StoreError>);

/// Renews a lease while deltas arrive: a slow table must not delay the reply.
pub(super) struct LeaseRenewal<'a> {
    job: &'a Job,
    /// Number of segments stored.
    segments: usize,
    /// Bytes of the text that these segments contain.
    stored_bytes: usize,
    /// The same once the segment that is being written is stored. A segment whose write failed is
    /// written again unchanged, since it may be stored after all.
    written_bytes: usize,
    under_way: Option<Pin<Box<dyn Future<Output = Renewed> + Send + 'a>>>,
}

impl<'a> LeaseRenewal<'a> {
    pub(super) fn new(job: &'a Job) -> Self {
        Self { job, segments: 0, stored_bytes: 0, written_bytes: 0, under_way: None }
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
        let (store, turn, number) = (self.job.store(), &self.job.opened.turn, self.segments);
        self.under_way = Some(Box::pin(async move {
            let segment = async {
                if new.is_empty() { Ok(()) } else { store.store_segment(turn, number, &new).await }
            };
            tokio::join!(store.renew_turn(turn), segment)
        }));
    }

    /// Waits for the end of the renewal that is under way; for ever if none is. Returns why the run must end,
    /// if it must.
    pub(super) async fn end(&mut self) -> Option<StreamEnd> {
        let Some(under_way) = &mut self.under_way else { return pending().await };
        let (lease, segment) = under_way.await;
        self.under_way = None;
        match segment {
            Ok(()) => {
                self.segments += usize::from(self.written_bytes > self.stored_bytes);
                self.stored_bytes = self.written_bytes;
            }
            Err(error) => self.job.warn(&error, "a segment could not be stored"),
        }
        match lease {
            Ok(Some(true)) => Some(StreamEnd::Stopped),
            Ok(Some(false)) => None,
            Ok(None) => Some(StreamEnd::Superseded),
            // The lease lasts long enough for many more renewals.
            Err(error) => {
                self.job.warn(&error, "a lease could not be renewed");
                None
            }
        }
    }
}
