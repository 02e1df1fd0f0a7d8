//! What a sweep deletes of one job before it is the next job's turn.

use super::{Sweeper, UserSweep};
use crate::clock::Timestamp;
use crate::id::{ConversationId, UserId};
use crate::model::{Scope, Subject};
use crate::store::keys::{self, Key};
use crate::store::oauth::{external_accounts, release};
use crate::store::read::Range;
use crate::store::write::{Condition, Write, happened};
use crate::store::{StoreError, item};

/// Keys that are in memory at once.
const MAX_KEYS: usize = 1000;
/// Items of a job that are deleted before it is the next job's turn.
pub(super) const MAX_ITEMS: usize = 2 * MAX_KEYS;
/// Conversations of an erased user that are looked at before it is the next job's turn.
const MAX_CONVERSATIONS: u64 = 500;

/// How far a job was done.
#[derive(Debug, Default)]
pub(super) struct Emptied {
    pub(super) removed: usize,
    pub(super) is_empty: bool,
}

impl Sweeper<'_> {
    /// Deletes up to about `max` items of a partition.
    pub(super) async fn empty(
        &self,
        partition: String,
        max: usize,
        end: Timestamp,
    ) -> Result<Emptied, StoreError> {
        let mut range = Range::partition(partition);
        range.projection = Some("pk, sk");
        let mut removed = 0;
        while removed < max && self.store.clock.now() < end {
            let items = self.store.query(&range, MAX_KEYS).await?;
            if items.is_empty() {
                return Ok(Emptied { removed, is_empty: true });
            }
            removed += items.len();
            self.store.delete_all(&items).await?;
        }
        Ok(Emptied { removed, is_empty: false })
    }

    /// Deletes items of an erased user: those of the conversations, then the user's own, then those of
    /// the address. What the next turn need not look at again is noted in the job.
    pub(super) async fn empty_user(
        &self,
        job: &UserSweep,
        key: &Key,
        is_settled: bool,
        end: Timestamp,
    ) -> Result<Emptied, StoreError> {
        let (attribute, before) = job.progress(is_settled);
        let mut removed = 0;
        let mut emptied = before;
        while emptied < job.last_conversation_id && emptied < before + MAX_CONVERSATIONS {
            let next = ConversationId::try_from(emptied + 1).map_err(StoreError::corrupt)?;
            let partition = keys::messages_partition(&job.user_id, next);
            let part = self.empty(partition, MAX_ITEMS.saturating_sub(removed), end).await?;
            removed += part.removed;
            if !part.is_empty {
                break;
            }
            emptied += 1;
        }
        let mut is_empty = emptied == job.last_conversation_id;
        if is_empty {
            self.release_external(&job.user_id).await?;
            let partition = keys::user_partition(&job.user_id);
            let own = self.empty(partition, MAX_ITEMS.saturating_sub(removed), end).await?;
            removed += own.removed;
            is_empty = own.is_empty;
        }
        if is_empty {
            removed += self.empty_address(job).await?;
        } else if emptied > before {
            // Without the job, another sweep has done it.
            is_empty = !self.note(key, attribute, emptied).await?;
        }
        Ok(Emptied { removed, is_empty })
    }

    /// Lets the user's accounts at providers go, unless they belong to somebody else by now. No write in
    /// flight links another one: each requires that the user's account exists.
    async fn release_external(&self, user: &UserId) -> Result<(), StoreError> {
        for external in external_accounts(self.store, user).await? {
            happened(self.store.transact([release(&external)]).await)?;
        }
        Ok(())
    }

    /// Deletes what is kept for the address and the total of the user's wrong passwords. If the address
    /// has an account again, its rows are that account's. Returns how many rows of the address there
    /// were.
    async fn empty_address(&self, job: &UserSweep) -> Result<usize, StoreError> {
        let mut range = Range::partition(keys::address_partition(&job.address));
        range.projection = Some("pk, sk");
        let mut rows = self.store.query(&range, MAX_KEYS).await?;
        let is_free =
            !rows.iter().any(|row| item::text(row, "sk").is_ok_and(|sk| sk == keys::CREDENTIAL));
        if !is_free {
            rows.clear();
        }
        let found = rows.len();
        let of_user = keys::failures(Subject::User(&job.user_id), Scope::AllNetworks);
        rows.push(item::key(&of_user));
        if is_free {
            rows.push(item::key(&keys::failures_of_address(&job.address)));
        }
        self.store.delete_all(&rows).await?;
        Ok(found)
    }

    /// Notes in the job how far it was done. `false` if there is no such job any more.
    async fn note(&self, key: &Key, attribute: &str, emptied: u64) -> Result<bool, StoreError> {
        let update = Write::update(key).set(attribute, item::n(emptied));
        happened(self.store.send(update.when(Condition::present())).await)
    }
}
