use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use serde::{Deserialize, Serialize};

use super::item::{self, Item};
use super::keys::{self, Key};
use super::read::{MAX_ATTEMPTS, Range, back_off};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::id::{ConversationId, UserId};

/// DynamoDB takes this many deletions in one call.
const BATCH: usize = 25;
/// So many keys are held in memory at once.
const PAGE: usize = 1000;

/// A deleted conversation whose messages are still to be removed.
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
    /// A write that was in flight when the conversation was deleted has ended after this long:
    /// the longest time that Lambda lets a function run.
    pub const IN_FLIGHT: Duration = Duration::from_mins(15);

    pub(super) fn key(&self) -> Key {
        keys::conversation_sweep(&self.user_id, self.conversation_id)
    }
}

/// Removes what was deleted. Every step may be repeated: a sweep that dies is taken up again.
#[derive(Debug)]
pub struct Sweeper<'a> {
    store: &'a Store,
}

impl<'a> Sweeper<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// The job under a sort key of the jobs' partition, as the table's stream names it; `None` if
    /// it is done.
    pub async fn job(&self, sk: &str) -> Result<Option<SweepJob>, StoreError> {
        let key = Key { pk: keys::SWEEPS.to_owned(), sk: sk.to_owned() };
        self.store.get(std::slice::from_ref(&key)).await?.take(&key)
    }

    /// Every job that is not done; a malformed one is an error of its own.
    pub async fn jobs(&self) -> Result<Vec<Result<SweepJob, StoreError>>, StoreError> {
        let range = Range::partition(keys::SWEEPS);
        let items = self.store.query(&range, usize::MAX).await?;
        Ok(items.into_iter().map(item::read).collect())
    }

    /// Removes the conversation's messages. The job itself goes, and the conversation's row before
    /// it, only after a sweep that began when no write could be in flight any more. Answers with
    /// the number of items removed.
    pub async fn sweep(&self, job: &SweepJob) -> Result<usize, StoreError> {
        let settled = self.store.clock.now() >= job.created_at.plus(SweepJob::IN_FLIGHT);
        let removed =
            self.empty(keys::messages_partition(&job.user_id, job.conversation_id)).await?;
        if settled {
            self.store.delete(&keys::conversation(&job.user_id, job.conversation_id)).await?;
            self.store.delete(&job.key()).await?;
        }
        Ok(removed)
    }

    async fn empty(&self, partition: String) -> Result<usize, StoreError> {
        let mut range = Range::partition(partition);
        range.projection = Some("pk, sk");
        let mut removed = 0;
        loop {
            let items = self.store.query(&range, PAGE).await?;
            if items.is_empty() {
                return Ok(removed);
            }
            removed += items.len();
            for batch in items.chunks(BATCH) {
                self.delete_batch(batch).await?;
            }
        }
    }

    async fn delete_batch(&self, keys: &[Item]) -> Result<(), StoreError> {
        let mut requests = Vec::with_capacity(keys.len());
        for key in keys {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build();
            let delete = delete.map_err(StoreError::corrupt)?;
            requests.push(WriteRequest::builder().delete_request(delete).build());
        }
        let mut request = HashMap::from([(self.store.table.clone(), requests)]);
        for attempt in 0..MAX_ATTEMPTS {
            back_off(attempt).await;
            let batch = self.store.client.batch_write_item().set_request_items(Some(request));
            match batch.send().await?.unprocessed_items.filter(|left| !left.is_empty()) {
                Some(left) => request = left,
                None => return Ok(()),
            }
        }
        Err(StoreError::unavailable("items stayed unprocessed"))
    }
}
