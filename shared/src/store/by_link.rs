//! What the holder of a mailed link may do: its token is the proof, and no session is needed.

use super::item::{self, Item};
use super::keys;
use super::kind::Kind;
use super::links::{LinkTokens, use_token};
use super::mails::mail_part;
use super::oauth::unlink_unproven;
use super::proven::{new_password, verified, void_mails};
use super::write::{Condition, Part, Write, WriteError};
use super::{Store, StoreError};
use crate::auth::LinkToken;
use crate::model::{Account, Credential, LinkPurpose, MailJob, Profile};
use crate::text::Email;

/// The rows that the token of a link leads to.
#[derive(Debug)]
pub struct ByLink<'a> {
    store: &'a Store,
}

/// A link whose token is valid.
#[derive(Debug)]
pub struct Link {
    /// What it may be used for.
    pub purpose: LinkPurpose,
    /// The address that it was sent to.
    pub email: Email,
    /// The account of its user.
    pub account: Account,
    /// The profile, unless it is archived. It is not read for a reset.
    pub profile: Option<Profile>,
}

/// What is known of a token.
#[derive(Debug)]
pub enum LinkState {
    /// It may be used.
    Valid(Box<Link>),
    /// It is unknown, used, or not for the account's present address.
    Invalid,
    /// It was valid for an hour.
    Expired,
    /// Its user has been deleted.
    NoUser,
}

/// What came of using a link. Unless it is used, nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkUse {
    /// The link is used, and has its effect.
    Used,
    /// Another request has used it, or another link of its purpose.
    Void,
    /// The account has changed since it was read: look again.
    Changed,
    /// Another account has the new address.
    Taken,
}

impl<'a> ByLink<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// What is known of a token for a new password. One round trip, 2 read units.
    pub async fn reset_link(&self, token: &LinkToken) -> Result<LinkState, StoreError> {
        self.link(token, &[LinkPurpose::ResetPassword]).await
    }

    /// What is known of a token that proves an address, the present one or a new one. One round trip,
    /// 4 read units.
    pub async fn email_link(&self, token: &LinkToken) -> Result<LinkState, StoreError> {
        self.link(token, &[LinkPurpose::VerifyEmail, LinkPurpose::ChangeEmail]).await
    }

    async fn link(
        &self,
        token: &LinkToken,
        purposes: &[LinkPurpose],
    ) -> Result<LinkState, StoreError> {
        let (user, now) = (token.owner(), self.store.clock.now());
        let (account, profile) = (keys::account(user), keys::profile(user));
        let mut wanted = vec![account.clone()];
        wanted.extend(purposes.iter().map(|purpose| keys::link_tokens(user, *purpose)));
        if purposes.contains(&LinkPurpose::ChangeEmail) {
            wanted.push(profile.clone());
        }
        let mut rows = self.store.get(&wanted).await?;
        let account: Option<Account> = rows.take(&account)?;
        let profile: Option<Profile> = rows.take(&profile)?;
        for purpose in purposes.iter().copied() {
            let tokens: Option<LinkTokens> = rows.take(&keys::link_tokens(user, purpose))?;
            let Some(stored) = tokens.as_ref().and_then(|tokens| tokens.find(&token.hash())) else {
                continue;
            };
            let Some(account) = account else { return Ok(LinkState::NoUser) };
            let is_for_present = stored.email == account.email;
            let profile = profile.and_then(Profile::unless_archived);
            return Ok(if stored.has_expired(now) {
                LinkState::Expired
            } else if is_for_present || purpose == LinkPurpose::ChangeEmail {
                let email = stored.email.clone();
                LinkState::Valid(Box::new(Link { purpose, email, account, profile }))
            } else {
                LinkState::Invalid
            });
        }
        Ok(LinkState::Invalid)
    }

    /// Replaces the password's hash. All sessions end, the address is proven, wrong passwords are
    /// cleared, and what else was mailed to the user is void: all or nothing. One round trip, one more
    /// if the address is proven only now: then accounts at providers are linked no more.
    pub async fn reset_password(
        &self,
        token: &LinkToken,
        link: &Link,
        new_hash: &str,
    ) -> Result<LinkUse, StoreError> {
        let mut writes: Vec<Part> = vec![use_token(token, link.purpose).into()];
        writes.extend(new_password(&link.account, new_hash, self.store));
        writes.extend(void_mails(&link.account, Some(link.purpose), None));
        writes.extend(unlink_unproven(self.store, &link.account).await?);
        self.send(writes, None).await
    }

    /// Stores that the account's address is proven. One round trip, one transaction.
    pub async fn verify_email(
        &self,
        token: &LinkToken,
        link: &Link,
    ) -> Result<LinkUse, StoreError> {
        let verified = verified(&link.account, self.store.clock.now());
        let writes = [use_token(token, link.purpose).into(), verified.into()];
        self.send(writes.into(), None).await
    }

    /// Makes the link's address that of the account. The present address is told by `notice`, sessions
    /// stay valid, and all other links of the user are void: all or nothing. Two round trips, one of
    /// them a transaction.
    pub async fn change_email(
        &self,
        token: &LinkToken,
        link: &Link,
        notice: &MailJob,
    ) -> Result<LinkUse, StoreError> {
        const NEW_CREDENTIAL: usize = 3;
        let account = &link.account;
        let old = keys::credential(&account.email);
        let credential: Option<Credential> = self.store.row(&old).await?;
        let same_user = |credential: &Credential| credential.user_id == account.user_id;
        let Some(credential) = credential.filter(same_user) else { return Ok(LinkUse::Changed) };
        let unchanged = "user_id = :user AND password_hash = :hash AND auth_epoch = :epoch";
        let unchanged = Condition::new(unchanged)
            .value(":user", item::s(credential.user_id.as_str()))
            .value(":hash", item::s(credential.password_hash.as_str()))
            .value(":epoch", item::n(credential.auth_epoch));
        let new: Item = item::write(keys::credential(&link.email), Kind::Credential, &credential)?;
        let mut writes: Vec<Part> = vec![
            use_token(token, link.purpose).into(),
            verified(account, self.store.clock.now())
                .set("email", item::s(link.email.as_str()))
                .into(),
            Write::delete(&old).when(unchanged).into(),
            Write::put(new).when(Condition::absent()).into(),
            mail_part(notice)?,
        ];
        writes.extend(other_links(token, link.purpose));
        self.send(writes, Some(NEW_CREDENTIAL)).await
    }

    /// Sends the writes. The token is the first of them; `taken` is the one that needs an address which
    /// nobody has.
    async fn send(&self, writes: Vec<Part>, taken: Option<usize>) -> Result<LinkUse, StoreError> {
        match self.store.transact(writes).await {
            Ok(()) => Ok(LinkUse::Used),
            Err(WriteError::ConditionFailed(0, _)) => Ok(LinkUse::Void),
            Err(WriteError::ConditionFailed(part, _)) if Some(part) == taken => Ok(LinkUse::Taken),
            Err(WriteError::ConditionFailed(..)) => Ok(LinkUse::Changed),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

/// Makes the user's links for all other purposes void.
fn other_links(token: &LinkToken, used: LinkPurpose) -> impl Iterator<Item = Part> {
    let others = LinkPurpose::ALL.into_iter().filter(move |purpose| *purpose != used);
    others.map(|purpose| Write::delete(&keys::link_tokens(token.owner(), purpose)).into())
}
