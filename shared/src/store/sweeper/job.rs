use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::{ConversationId, UserId};
use crate::store::item::{self, Item};
use crate::store::keys;
use crate::store::{Kind, StoreError};

/// The longest time that Lambda lets a function run: after it, every write that was in flight when a
/// job was made has ended.
const IN_FLIGHT: Duration = Duration::from_mins(15);

/// What is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SweepJob {
    /// The messages of a deleted conversation.
    Conversation(ConversationSweep),
    /// Everything of an erased user.
    User(UserSweep),
}

/// A deleted conversation whose messages are still to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSweep {
    /// Whose conversation it was.
    pub user_id: UserId,
    /// Which one.
    pub conversation_id: ConversationId,
    /// When it was deleted.
    pub created_at: Timestamp,
}

/// An erased user whose items are still to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSweep {
    /// The user.
    pub user_id: UserId,
    /// The newest conversation that the user ever had.
    pub last_conversation_id: u64,
    /// The hash of the user's address, as the keys have it.
    pub address: String,
    /// When the user was erased.
    pub created_at: Timestamp,
    /// The conversations up to this one are empty, but for writes that were in flight.
    #[serde(default)]
    pub emptied: u64,
    /// The conversations up to this one are empty, and stay so.
    #[serde(default)]
    pub emptied_again: u64,
}

impl SweepJob {
    /// The job of an item.
    pub(super) fn read(item: Item) -> Result<Self, StoreError> {
        if item.contains_key("conversation_id") {
            item::read(item).map(Self::Conversation)
        } else {
            item::read(item).map(Self::User)
        }
    }

    /// Whether no write can be in flight any more that began before the job was made.
    pub(super) fn is_settled(&self, now: Timestamp) -> bool {
        now >= self.created_at().plus(IN_FLIGHT)
    }

    /// When the job was made.
    pub(super) fn created_at(&self) -> Timestamp {
        let (Self::Conversation(ConversationSweep { created_at, .. })
        | Self::User(UserSweep { created_at, .. })) = self;
        *created_at
    }
}

impl ConversationSweep {
    /// The item of the job.
    pub(in crate::store) fn item(&self) -> Result<Item, StoreError> {
        let key = keys::conversation_sweep(self.created_at, &self.user_id, self.conversation_id);
        item::write(key, Kind::SweepJob, self)
    }
}

impl UserSweep {
    /// The item of the job.
    pub(in crate::store) fn item(&self) -> Result<Item, StoreError> {
        let key = keys::user_sweep(self.created_at, &self.user_id);
        item::write(key, Kind::SweepJob, self)
    }

    /// How far a look has come: the first one, or the one that begins when no write can be in flight.
    pub(super) fn progress(&self, is_settled: bool) -> (&'static str, u64) {
        if is_settled { ("emptied_again", self.emptied_again) } else { ("emptied", self.emptied) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_what_its_row_has() {
        let (user_id, created_at) = (UserId::random(), Timestamp::from_milliseconds(0));
        let conversation = ConversationSweep {
            user_id: user_id.clone(),
            conversation_id: ConversationId::try_from(7).unwrap(),
            created_at,
        };
        let read = SweepJob::read(conversation.item().unwrap()).unwrap();
        assert_eq!(read, SweepJob::Conversation(conversation));
        let user = UserSweep {
            user_id,
            last_conversation_id: 7,
            address: "0".repeat(64),
            created_at,
            emptied: 3,
            emptied_again: 0,
        };
        let read = SweepJob::read(user.item().unwrap()).unwrap();
        assert_eq!(read, SweepJob::User(user));
        assert!(SweepJob::read(Item::new()).is_err());
    }
}
