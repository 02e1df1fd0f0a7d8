use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::UserId;
use crate::text::{Email, Image, Name};

/// A user's account. Responses never contain it as it is; clients see a [`super::User`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// The account's id.
    pub user_id: UserId,
    /// The address that signs in, unique among all accounts.
    pub email: Email,
    /// The display name.
    #[serde(default)]
    pub name: Name,
    /// Where the user's picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Whether the address was proven to be the user's.
    pub email_verified: bool,
    /// Sessions of another epoch are not valid.
    pub auth_epoch: u64,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account was last changed.
    pub updated_at: Timestamp,
}

impl Account {
    /// The epoch of a new account.
    pub const FIRST_EPOCH: u64 = 1;
}

/// What sign-in reads: one item per address, which also makes sure that the address is unique.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credential {
    /// The account that the address belongs to.
    pub user_id: UserId,
    /// The password's hash: a PHC string, or the hash that an imported account came with.
    pub password_hash: String,
    /// The account's epoch; a session copies it from here.
    pub auth_epoch: u64,
}

/// The hash is not printed.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
