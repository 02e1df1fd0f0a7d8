//! The data model: the entities and their fields, as responses show them and the table stores them.

mod account;
mod change;
mod conversation;
mod failures;
mod idempotency;
mod interaction;
mod mail;
mod network;
mod personalization;
mod profile;
mod quota;
mod session;
mod signing_key;
mod tally;
mod tree;
mod turn;
mod user;

pub use account::{Account, Credential};
pub use change::Change;
pub use conversation::{Conversation, ConversationChange, Message, Role, Source};
pub use failures::{Action, Failures, Guess, Scope, Subject};
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey};
pub use interaction::{BackgroundUsed, ContentType, Effectiveness, Interaction};
pub use mail::{LinkPurpose, MailJob, MailPurpose};
pub use network::Network;
pub use personalization::{NOTES_VERSION, UserContext};
pub use profile::{Background, HardwareBackground, Profile, SoftwareLevel};
pub use quota::{Quota, QuotaRemaining, QuotaUsed, StackQuotaUsed};
pub use session::{Client, Session};
pub use signing_key::{KeyId, PublicKey, Ring, SealedKey};
pub use tally::{Counted, Tally, TallyChange, UserGroup};
pub use tree::{StoredMessage, Tree, Unread};
pub use turn::{Ending, Finish, Lease, Turn, TurnKey, TurnState, Usage};
pub use user::User;
