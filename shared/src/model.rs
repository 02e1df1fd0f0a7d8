//! The data model: the entities and their fields, as answers show them and the table keeps them.

mod account;
mod conversation;
mod idempotency;
mod personalization;
mod profile;
mod session;
mod signing_key;

pub use account::{Account, Credential};
pub use conversation::{Conversation, Message, Role};
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey};
pub use personalization::{NOTES_VERSION, UserContext};
pub use profile::{Background, HardwareBackground, Profile, SoftwareLevel};
pub use session::{Client, Session};
pub use signing_key::{KeyId, PublicKey, SealedKey};
