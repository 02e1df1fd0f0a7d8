use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::item;
use super::keys::{self, Key};
use super::read::Range;
use super::write::Write;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::id::{ConversationId, UserId};

/// Maximum keys in memory at once.
const MAX_KEYS: usize = 1000;

/// A deleted conversation whose messages are still to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepJob {
    /// Whose conversation it was.
    pub user_id: UserId,
    /// Which one.
    pub conversation_id: ConversationId,
    /// When it was deleted.
    pub created_at: Timestamp,
}

impl SweepJob {
    /// The longest time that Lambda lets a function run: after it, every write that was in flight
    /// when the conversation was deleted has ended.
    pub const IN_FLIGHT: Duration = Duration::from_mins(15);

    pub(super) fn key(&self) -> Key {
        keys::conversation_sweep(&self.user_id, self.conversation_id)
    }
}

/// Deletes the rows of deleted conversations. Every step may be repeated, so that a sweep that was
/// cut off can begin again.
#[derive(Debug)]
pub struct Sweeper<'a> {
    store: &'a Store,
}

impl<'a> Sweeper<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// The job with this sort key, which the table's stream gives; `None` if it is done.
    pub async fn job(&self, sk: &str) -> Result<Option<SweepJob>, StoreError> {
        let key = Key { pk: keys::SWEEPS.to_owned(), sk: sk.to_owned() };
        self.store.row(&key).await
    }

    /// All jobs that are not done. A malformed one is an error in its place.
    pub async fn jobs(&self) -> Result<Vec<Result<SweepJob, StoreError>>, StoreError> {
        let range = Range::partition(keys::SWEEPS);
        let items = self.store.query(&range, usize::MAX).await?;
        Ok(items.into_iter().map(item::read).collect())
    }

    /// Deletes the conversation's messages, and returns how many. The conversation's row and then
    /// the job are deleted only by a sweep that began when no write could be in flight any more.
    pub async fn sweep(&self, job: &SweepJob) -> Result<usize, StoreError> {
        let settled = self.store.clock.now() >= job.created_at.plus(SweepJob::IN_FLIGHT);
        let removed =
            self.empty(keys::messages_partition(&job.user_id, job.conversation_id)).await?;
        if settled {
            let conversation = keys::conversation(&job.user_id, job.conversation_id);
            self.store.send(Write::delete(&conversation)).await?;
            self.store.send(Write::delete(&job.key())).await?;
        }
        Ok(removed)
    }

    async fn empty(&self, partition: String) -> Result<usize, StoreError> {
        let mut range = Range::partition(partition);
        range.projection = Some("pk, sk");
        let mut removed = 0;
        loop {
            let items = self.store.query(&range, MAX_KEYS).await?;
            if items.is_empty() {
                return Ok(removed);
            }
            removed += items.len();
            self.store.delete_all(&items).await?;
        }
    }
}
