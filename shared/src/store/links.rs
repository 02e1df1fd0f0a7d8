//! One-time tokens of links in mails.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::item;
use super::keys;
use super::kind::Kind;
use super::write::{Condition, Delete, Put, Write};
use crate::auth::LinkToken;
use crate::clock::Timestamp;
use crate::id::{MailJobId, UserId};
use crate::model::{LinkPurpose, MailJob};
use crate::text::Email;

/// Tokens of one purpose that are valid at the same time.
const MAX_TOKENS: usize = 3;

/// A user's tokens for one purpose, by their hashes.
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
    expires_at: Timestamp,
}

impl LinkTokens {
    /// The tokens after one more, which is sent with `job`.
    pub(super) fn with(
        seen: Option<&Self>,
        token: &LinkToken,
        job: &MailJob,
        now: Timestamp,
    ) -> Self {
        let Self { mut tokens, version } = seen.cloned().unwrap_or_default();
        tokens.retain(|_, stored| stored.expires_at > now && stored.job != job.id);
        while tokens.len() >= MAX_TOKENS {
            let oldest = tokens.iter().min_by_key(|(_, stored)| stored.expires_at);
            let Some(oldest) = oldest.map(|(hash, _)| hash.clone()) else { break };
            tokens.remove(&oldest);
        }
        let expires_at = now.plus(LinkPurpose::LIFETIME);
        let stored = StoredToken { job: job.id.clone(), email: job.to.clone(), expires_at };
        tokens.insert(token.hash(), stored);
        Self { tokens, version: version.saturating_add(1) }
    }

    /// Stores them, if the row is still as it was `seen`.
    pub(super) fn write(
        &self,
        user_id: &UserId,
        purpose: LinkPurpose,
        seen: Option<&Self>,
    ) -> Result<Write<Put>, StoreError> {
        let item = item::write(keys::link_tokens(user_id, purpose), Kind::LinkTokens, self)?;
        let last = self.tokens.values().map(|stored| stored.expires_at).max();
        let item = match last {
            Some(last) => item::expires(item, last),
            None => item,
        };
        Ok(Write::put(item).when(match seen {
            None => Condition::absent(),
            Some(seen) => Condition::new("#version = :seen")
                .name("#version", "version")
                .value(":seen", item::n(seen.version)),
        }))
    }

    /// What is stored of a token, valid or expired; `None` if it is unknown or used.
    pub(super) fn find(&self, token: &LinkToken) -> Option<&StoredToken> {
        self.tokens.get(&token.hash())
    }

    /// What is stored of a token that is valid at `now`.
    pub(super) fn valid(&self, token: &LinkToken, now: Timestamp) -> Option<&StoredToken> {
        self.find(token).filter(|stored| !stored.has_expired(now))
    }
}

impl StoredToken {
    /// Whether the token has expired at `now`.
    pub(super) fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

/// Uses a token: it and all others of its purpose are void. A part of a transaction, which fails here
/// if the token has been used.
pub(super) fn use_token(token: &LinkToken, purpose: LinkPurpose) -> Write<Delete> {
    let unused = Condition::new("attribute_exists(#tokens.#hash)")
        .name("#tokens", "tokens")
        .name("#hash", &token.hash());
    Write::delete(&keys::link_tokens(token.user_id(), purpose)).when(unused)
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
            let mut tokens: Option<LinkTokens> = None;
            let mut sent = Vec::new();
            for n in 0..count {
                let now = at(i64::try_from(n).unwrap());
                let token = LinkToken::random(user.clone());
                tokens = Some(LinkTokens::with(tokens.as_ref(), &token, &job(0), now));
                sent.push(token);
            }
            let tokens = tokens.unwrap();
            let now = at(1000);
            for (n, token) in sent.iter().enumerate() {
                prop_assert_eq!(tokens.valid(token, now).is_some(), n + 3 >= count, "{} of {}", n, count);
            }
            let later = now.plus(LinkPurpose::LIFETIME);
            prop_assert!(sent.iter().all(|token| tokens.valid(token, later).is_none()));
        }
    }

    #[test]
    fn a_repeated_job_replaces_its_own_token() {
        let (user, job) = (UserId::random(), job(0));
        let [first, second] = [LinkToken::random(user.clone()), LinkToken::random(user)];
        let once = LinkTokens::with(None, &first, &job, at(0));
        let twice = LinkTokens::with(Some(&once), &second, &job, at(1));
        assert!(twice.valid(&first, at(2)).is_none() && twice.valid(&second, at(2)).is_some());
        assert_eq!(twice.tokens.len(), 1);
    }
}
