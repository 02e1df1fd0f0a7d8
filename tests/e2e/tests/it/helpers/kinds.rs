//! The kinds of addresses that a failed sign-in must not distinguish.

use e2e::PASSWORD;
use harness::stack::Stack;

use crate::helpers::rows::{HERE, copy_credential, failures_of_address, from_network, lock};

/// A hash that Better Auth made, of [`FOREIGN_PASSWORD`].
pub const FOREIGN: &str = include_str!("../../../../../shared/src/auth/better-auth-hash.txt");
pub const FOREIGN_PASSWORD: &str = "caf\u{e9} \u{fb01}ne";

/// A hash of [`PASSWORD`] that Python's argon2-cffi made, at the maximum of what is accepted.
pub const COSTLY: &str = "$argon2id$v=19$m=65536,t=3,p=4$674pTyIIk1KvIroJzWuKGQ$fxbjuCUlVZCOkqMCfEPNoQnMMOnrQnSR5jGnAJAO2qI";

/// Who has the address, and how the password is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Unknown,
    Known,
    /// Imported from Better Auth.
    Foreign,
    /// Imported with a hash of another cost, at the maximum.
    Costly,
    /// Something that is no hash of ours, as a careless import may leave it.
    Malformed,
    LockedUnknown,
    LockedKnown,
    LockedForeign,
    /// Locked, and tried with the right password.
    LockedRight,
}

pub const OPEN: [Kind; 4] = [Kind::Unknown, Kind::Known, Kind::Foreign, Kind::Malformed];
pub const LOCKED: [Kind; 4] =
    [Kind::LockedUnknown, Kind::LockedKnown, Kind::LockedForeign, Kind::LockedRight];

impl Kind {
    /// Prepares the `n`th address of this kind, and gives it with the password to try.
    pub async fn attempt(self, stack: &Stack, n: usize) -> (String, &'static str) {
        let email = format!("{self:?}{n}@example.com").to_lowercase();
        let hash = match self {
            Self::Foreign | Self::LockedForeign => Some(FOREIGN.trim()),
            Self::Costly => Some(COSTLY),
            Self::Malformed => Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA"),
            _ => None,
        };
        if !matches!(self, Self::Unknown | Self::LockedUnknown) {
            copy_credential(stack, "ada@example.com", &email, hash).await;
        }
        if LOCKED.contains(&self) {
            lock(stack, &from_network(&failures_of_address(&email), HERE), 12).await;
        }
        let password = if self == Self::LockedRight { PASSWORD } else { "wrong password" };
        (email, password)
    }
}

/// A stack in which addresses of every kind can be prepared.
pub async fn stack(floor_in_milliseconds: &str) -> Stack {
    let floor = ("SignInFloorMilliseconds", floor_in_milliseconds);
    let stack = Stack::builder().parameter(floor.0, floor.1).concurrency(10).start().await.unwrap();
    stack.sign_up("ada").await;
    stack
}
