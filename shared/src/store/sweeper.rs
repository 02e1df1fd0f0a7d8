//! What is deleted in the background, after a user has deleted a conversation or the account.

mod empty;
mod job;

use tokio::task::JoinSet;

use super::item::{self, Item};
use super::keys::{self, Key};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::connection::MAX_IDLE_CONNECTIONS;
use crate::log::of_this_request;
use empty::{Emptied, MAX_ITEMS};

pub use job::{ConversationSweep, SweepJob, UserSweep};

/// Jobs that are done before their rows are deleted together, in one call each for as many as
/// DynamoDB takes.
const BATCH: usize = 25;
/// Jobs that are done at the same time: as many as there are connections to the table.
const AT_ONCE: usize = MAX_IDLE_CONNECTIONS;

/// A job as it stands in the table.
#[derive(Debug, Clone)]
pub struct FoundJob {
    job: SweepJob,
    key: Key,
}

impl FoundJob {
    /// When the job was made.
    pub fn created_at(&self) -> Timestamp {
        self.job.created_at()
    }
}

/// Some jobs, oldest first.
#[derive(Debug, Default)]
pub struct JobPage {
    /// Those that can be read.
    pub jobs: Vec<FoundJob>,
    /// What is wrong with one that can't.
    pub malformed: Option<StoreError>,
    /// Where the next page begins, unless this is the last one.
    pub next: Option<String>,
}

/// What a sweep has done.
#[derive(Debug, Default)]
pub struct Swept {
    /// The number of jobs that it took up.
    pub jobs: usize,
    /// The number of items that it deleted.
    pub removed: usize,
    /// Whether a job has more items than were deleted.
    pub more: bool,
    /// Why a job failed, if one did.
    pub failure: Option<StoreError>,
}

impl Swept {
    /// Adds what a later sweep has done.
    pub fn add(&mut self, later: Self) {
        self.jobs += later.jobs;
        self.removed += later.removed;
        self.more |= later.more;
        self.failure = later.failure.or(self.failure.take());
    }
}

/// Deletes the items of deleted conversations and of erased users. Every step may be repeated, so that
/// a sweep that was cut off can begin again.
#[derive(Debug)]
pub struct Sweeper<'a> {
    store: &'a Store,
}

impl<'a> Sweeper<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// The job under this key, which the table's stream gives; `None` if it is done, or is no job.
    pub async fn job(&self, pk: &str, sk: &str) -> Result<Option<FoundJob>, StoreError> {
        if pk != keys::SWEEPS {
            return Ok(None);
        }
        let key = Key { pk: pk.to_owned(), sk: sk.to_owned() };
        let item = self.store.get(std::slice::from_ref(&key)).await?.take_item(&key);
        let job = item.map(SweepJob::read).transpose()?;
        Ok(job.map(|job| FoundJob { job, key }))
    }

    /// The jobs that are not done, oldest first, from where a page says that the next one begins.
    pub async fn page(&self, from: Option<String>) -> Result<JobPage, StoreError> {
        let (items, next) = self.store.jobs(keys::SWEEPS, from).await?;
        let mut page = JobPage { next, ..JobPage::default() };
        for item in items {
            let key = item::primary_key(&item)?;
            match SweepJob::read(item) {
                Ok(job) => page.jobs.push(FoundJob { job, key }),
                Err(error) => page.malformed = Some(error),
            }
        }
        Ok(page)
    }

    /// Deletes the items of the jobs, until `end` at the latest. A conversation's row and then the jobs
    /// are deleted only by a sweep that began when no write could be in flight any more. A job that
    /// fails stays, and stops no other.
    pub async fn sweep(&self, jobs: &[FoundJob], end: Timestamp) -> Swept {
        let mut swept = Swept::default();
        for some in jobs.chunks(BATCH) {
            if self.store.clock.now() >= end {
                swept.more = true;
                break;
            }
            swept.add(self.sweep_batch(some, end).await);
        }
        swept
    }

    async fn sweep_batch(&self, jobs: &[FoundJob], end: Timestamp) -> Swept {
        let settled_before = self.store.clock.now();
        let mut sweeping = JoinSet::new();
        for some in jobs.chunks(jobs.len().div_ceil(AT_ONCE).max(1)) {
            let (store, some) = (self.store.clone(), some.to_vec());
            sweeping.spawn(of_this_request(async move {
                Sweeper::new(&store).empty_all(some, settled_before, end).await
            }));
        }
        let mut swept = Swept::default();
        let (mut conversations, mut done) = (Vec::new(), Vec::new());
        while let Some(emptied) = sweeping.join_next().await {
            match emptied {
                Ok((part, empty)) => {
                    swept.add(part);
                    for FoundJob { job, key } in empty {
                        if !job.is_settled(settled_before) {
                            continue;
                        }
                        if let SweepJob::Conversation(job) = job {
                            let row = keys::conversation(&job.user_id, job.conversation_id);
                            conversations.push(item::key(&row));
                        }
                        done.push(item::key(&key));
                    }
                }
                Err(error) => swept.failure = Some(StoreError::unavailable(error)),
            }
        }
        if let Err(error) = self.forget(&conversations, &done).await {
            swept.failure = Some(error);
        }
        swept
    }

    /// Does some jobs, one after the other. Returns those with no item left.
    async fn empty_all(
        &self,
        jobs: Vec<FoundJob>,
        settled_before: Timestamp,
        end: Timestamp,
    ) -> (Swept, Vec<FoundJob>) {
        let (mut swept, mut empty) = (Swept::default(), Vec::new());
        for found in jobs {
            swept.jobs += 1;
            let emptied = match &found.job {
                SweepJob::Conversation(job) => {
                    let partition = keys::messages_partition(&job.user_id, job.conversation_id);
                    self.empty(partition, MAX_ITEMS, end).await
                }
                SweepJob::User(job) => {
                    let is_settled = found.job.is_settled(settled_before);
                    Box::pin(self.empty_user(job, &found.key, is_settled, end)).await
                }
            };
            match emptied {
                Ok(Emptied { removed, is_empty }) => {
                    swept.removed += removed;
                    swept.more |= !is_empty;
                    empty.extend(is_empty.then_some(found));
                }
                Err(error) => swept.failure = Some(error),
            }
        }
        (swept, empty)
    }

    async fn forget(&self, conversations: &[Item], jobs: &[Item]) -> Result<(), StoreError> {
        self.store.delete_all(conversations).await?;
        self.store.delete_all(jobs).await
    }
}
