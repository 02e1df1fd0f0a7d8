use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Session;
use crate::clock::Timestamp;

/// What a signing key signs. No key is in both rings, so that one kind of token can't be used in
/// place of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ring {
    /// Session tokens, which only this service reads.
    Session,
    /// Tokens for other services, whose public keys everybody may read.
    Token,
}

impl Ring {
    /// A token of `GET /api/auth/token` is valid for this long: 15 minutes.
    pub const TOKEN_LIFETIME: Duration = Duration::from_mins(15);

    /// Maximum lifetime of a token that this ring signs.
    pub fn lifetime(self) -> Duration {
        match self {
            Self::Session => Session::ABSOLUTE,
            Self::Token => Self::TOKEN_LIFETIME,
        }
    }
}

/// A signing key's id: the RFC 7638 thumbprint of its public part, 43 characters of base64url.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyId(String);

impl KeyId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text that is no key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a key id")]
pub struct InvalidKeyId;

impl TryFrom<String> for KeyId {
    type Error = InvalidKeyId;

    fn try_from(text: String) -> Result<Self, InvalidKeyId> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.len() == 43 && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(InvalidKeyId)
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The public part of an Ed25519 signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// The key's id.
    pub kid: KeyId,
    /// Counts from 1. Of the keys that may sign, the newest one does.
    pub generation: u64,
    /// The public key: 32 bytes as base64url without padding, the `x` of its JWK.
    pub x: String,
    /// When it was published.
    pub created_at: Timestamp,
    /// When it may begin to sign.
    pub usable_from: Timestamp,
}

/// The private part of a signing key, encrypted under the secret that only signing functions have.
#[derive(Clone, Serialize, Deserialize)]
pub struct SealedKey {
    /// The id of the key that it belongs to.
    pub kid: KeyId,
    /// Nonce and AES-256-GCM ciphertext as base64url without padding.
    pub sealed: String,
}
