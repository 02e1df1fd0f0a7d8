//! The data model: the entities and their fields, as responses show them and the table stores them.

mod account;
mod change;
mod conversation;
mod failures;
mod idempotency;
mod interaction;
mod personalization;
mod profile;
mod session;
mod signing_key;
mod turn;
mod user;

pub use account::{Account, Credential};
pub use change::Change;
pub use conversation::{Conversation, Message, Role, Source};
pub use failures::{Action, Failures, Subject};
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey};
pub use interaction::{BackgroundUsed, ContentType, Effectiveness, Interaction};
pub use personalization::{NOTES_VERSION, UserContext};
pub use profile::{Background, HardwareBackground, Profile, SoftwareLevel};
pub use session::{Client, Session};
pub use signing_key::{KeyId, PublicKey, Ring, SealedKey};
pub use turn::{Ending, Finish, Lease, QuotaUsed, Turn, TurnKey, TurnState, Usage};
pub use user::{User, UserSession};
