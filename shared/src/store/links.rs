//! One-time tokens of links in mails.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::keys::{self, Key};
use super::write::{Condition, Delete, Write};
use crate::auth::{LinkToken, SignInToken};
use crate::clock::Timestamp;
use crate::id::MailJobId;
use crate::model::{LinkPurpose, MailJob};
use crate::text::{Email, Name};

/// The tokens of one owner for one purpose, by their hashes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct LinkTokens {
    tokens: BTreeMap<String, StoredToken>,
}

/// What is stored of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredToken {
    /// The mail that it was sent in.
    job: MailJobId,
    /// The address that it was sent to.
    pub(super) email: Email,
    /// The name of the account that it makes, if the address has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Name>,
    expires_at: Timestamp,
}

impl LinkTokens {
    /// What is stored of the token with this hash, valid or expired; `None` if it is unknown or used.
    pub(super) fn find(&self, hash: &str) -> Option<&StoredToken> {
        self.tokens.get(hash)
    }

    /// What is stored of the token with this hash, if it is valid at `now`.
    pub(super) fn valid(&self, hash: &str, now: Timestamp) -> Option<&StoredToken> {
        self.find(hash).filter(|stored| !stored.has_expired(now))
    }
}

impl StoredToken {
    /// What is stored of a token that is sent with `job`.
    pub(super) fn of(job: &MailJob, expires_at: Timestamp) -> Self {
        let (name, email) = (job.name.clone(), job.to.clone());
        Self { job: job.id.clone(), email, name, expires_at }
    }

    /// Whether the token has expired at `now`.
    pub(super) fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

/// Uses a user's token for one purpose: it and all others of the purpose are void. A part of a
/// transaction, which fails here if the token has been used.
pub(super) fn use_token(token: &LinkToken, purpose: LinkPurpose) -> Write<Delete> {
    use_up(&keys::link_tokens(token.owner(), purpose), &token.hash())
}

/// The same for a token that signs in.
pub(super) fn use_sign_in_token(token: &SignInToken) -> Write<Delete> {
    use_up(&keys::magic_links(token.owner()), &token.hash())
}

fn use_up(row: &Key, hash: &str) -> Write<Delete> {
    let unused = Condition::new("attribute_exists(#tokens.#hash)")
        .name("#tokens", "tokens")
        .name("#hash", hash);
    Write::delete(row).when(unused)
}
