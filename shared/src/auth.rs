//! Passwords, signing keys and session tokens. Nothing here reads or writes the table.

mod ed25519;
mod key_ring;
mod password;
mod signing_key;
mod token;

pub use key_ring::KeyRing;
pub use password::PasswordHash;
pub use signing_key::{AuthSecret, InvalidSecret, SealError, SigningKey};
pub use token::{Issuer, SessionToken, SignedIn, TokenError};
