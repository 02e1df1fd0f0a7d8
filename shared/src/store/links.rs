//! One-time tokens of links in mails.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::keys::{self, Key};
use super::kind::Kind;
use super::last_three::{self, Mailed};
use super::write::{Condition, Delete, Put, Write};
use crate::auth::LinkToken;
use crate::clock::Timestamp;
use crate::id::{MailJobId, UserId};
use crate::model::{LinkPurpose, MailJob};
use crate::text::{AddressHash, Email, Name};

/// The tokens of one owner for one purpose, by their hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LinkTokens {
    tokens: BTreeMap<String, StoredToken>,
    /// Changes with each change of the row.
    version: u64,
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

/// The row of the tokens of one owner for one purpose.
#[derive(Debug, Clone)]
pub(super) struct LinkRow {
    key: Key,
    kind: Kind,
    lifetime: Duration,
}

impl LinkRow {
    /// The row of a user's tokens for one purpose.
    pub(super) fn of_user(user_id: &UserId, purpose: LinkPurpose) -> Self {
        Self {
            key: keys::link_tokens(user_id, purpose),
            kind: Kind::LinkTokens,
            lifetime: LinkPurpose::LIFETIME,
        }
    }

    /// The row of the tokens that sign in with an address.
    pub(super) fn of_address(address: &AddressHash) -> Self {
        Self {
            key: keys::magic_links(address),
            kind: Kind::MagicLinks,
            lifetime: MailJob::MAGIC_LINK_LIFETIME,
        }
    }

    /// Its key.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Stores the tokens, if the row is still as it was `seen`.
    pub(super) fn write(
        &self,
        tokens: &LinkTokens,
        seen: Option<&LinkTokens>,
    ) -> Result<Write<Put>, StoreError> {
        let seen = seen.map(|seen| seen.version);
        last_three::write(self.key.clone(), self.kind, tokens, &tokens.tokens, seen)
    }

    /// Uses a token with this hash: it and all others of the row are void. A part of a transaction,
    /// which fails here if the token has been used.
    pub(super) fn use_token(&self, hash: &str) -> Write<Delete> {
        let unused = Condition::new("attribute_exists(#tokens.#hash)")
            .name("#tokens", "tokens")
            .name("#hash", hash);
        Write::delete(&self.key).when(unused)
    }
}

impl LinkTokens {
    /// The tokens of a row after one more with this hash, which is sent with `job`.
    pub(super) fn with(
        seen: Option<&Self>,
        row: &LinkRow,
        hash: String,
        job: &MailJob,
        now: Timestamp,
    ) -> Self {
        let Self { mut tokens, version } = seen.cloned().unwrap_or_default();
        tokens.retain(|_, stored| stored.job != job.id);
        last_three::make_room(&mut tokens, now);
        let (job_id, email, name) = (job.id.clone(), job.to.clone(), job.name.clone());
        let expires_at = now.plus(row.lifetime);
        tokens.insert(hash, StoredToken { job: job_id, email, name, expires_at });
        Self { tokens, version: version.saturating_add(1) }
    }

    /// What is stored of the token with this hash, valid or expired; `None` if it is unknown or used.
    pub(super) fn find(&self, hash: &str) -> Option<&StoredToken> {
        self.tokens.get(hash)
    }

    /// What is stored of the token with this hash, if it is valid at `now`.
    pub(super) fn valid(&self, hash: &str, now: Timestamp) -> Option<&StoredToken> {
        self.find(hash).filter(|stored| !stored.has_expired(now))
    }
}

impl Mailed for StoredToken {
    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl StoredToken {
    /// Whether the token has expired at `now`.
    pub(super) fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

/// Uses a user's token for one purpose, as [`LinkRow::use_token`] does.
pub(super) fn use_token(token: &LinkToken, purpose: LinkPurpose) -> Write<Delete> {
    LinkRow::of_user(token.owner(), purpose).use_token(&token.hash())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MailPurpose;
    use crate::text::Origin;
    use proptest::prelude::*;

    fn job(at: i64) -> MailJob {
        MailJob {
            id: MailJobId::random(),
            purpose: MailPurpose::ResetPassword,
            to: Email::try_from("ada@example.com".to_owned()).unwrap(),
            user_id: None,
            origin: Origin::try_from("https://api.example.com").unwrap(),
            callback_url: None,
            new_user_callback_url: None,
            error_callback_url: None,
            name: None,
            created_at: Timestamp::from_milliseconds(at),
        }
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_milliseconds(milliseconds)
    }

    proptest! {
        #[test]
        fn the_last_three_are_valid_for_an_hour(count in 1_usize..8) {
            let user = UserId::random();
            let row = LinkRow::of_user(&user, LinkPurpose::ResetPassword);
            let mut tokens: Option<LinkTokens> = None;
            let mut sent = Vec::new();
            for n in 0..count {
                let now = at(i64::try_from(n).unwrap());
                let token = LinkToken::random(user.clone());
                tokens = Some(LinkTokens::with(tokens.as_ref(), &row, token.hash(), &job(0), now));
                sent.push(token);
            }
            let tokens = tokens.unwrap();
            let now = at(1000);
            for (n, token) in sent.iter().enumerate() {
                prop_assert_eq!(tokens.valid(&token.hash(), now).is_some(), n + 3 >= count, "{} of {}", n, count);
            }
            let later = now.plus(LinkPurpose::LIFETIME);
            prop_assert!(sent.iter().all(|token| tokens.valid(&token.hash(), later).is_none()));
        }
    }

    #[test]
    fn a_repeated_job_replaces_its_own_token() {
        let (user, job) = (UserId::random(), job(0));
        let row = LinkRow::of_user(&user, LinkPurpose::ResetPassword);
        let [first, second] = ["first", "second"];
        let once = LinkTokens::with(None, &row, first.to_owned(), &job, at(0));
        let twice = LinkTokens::with(Some(&once), &row, second.to_owned(), &job, at(1));
        assert!(twice.valid(first, at(2)).is_none() && twice.valid(second, at(2)).is_some());
        assert_eq!(twice.tokens.len(), 1);
    }
}
