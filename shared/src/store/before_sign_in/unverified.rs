//! Sign-ups and sign-ins where an address must be proven first. What is read and written for an address
//! does not depend on whether anyone has it, so that neither the response nor its time tells.

use super::{BeforeSignIn, account_item, credential_item};
use crate::id::UserId;
use crate::model::{Account, Credential, Guess, LinkPurpose, MailJob, Profile};
use crate::store::attempts::{ALL_NETWORKS, right_password};
use crate::store::item::{self, AttributeValue};
use crate::store::kind::Kind;
use crate::store::mails::mail_part;
use crate::store::write::{Condition, Part, Write, WriteError, happened};
use crate::store::{StoreError, keys};
use crate::text::Email;

/// The rows of a sign-up that begins no session.
#[derive(Debug)]
pub struct UnverifiedSignUp<'a> {
    /// The account as it is to be. That of an address which somebody has not proven has the id of this
    /// account and its next epoch.
    pub account: &'a Account,
    /// The credential of the same user and epoch.
    pub credential: &'a Credential,
    /// The profile of the same user, if it is to have one.
    pub profile: Option<&'a Profile>,
    /// The mail to the address.
    pub job: &'a MailJob,
    /// Who has the address, as it was read.
    pub owner: Option<&'a (Account, Credential)>,
}

impl BeforeSignIn<'_> {
    /// The credential of an address, if anyone has it. One round trip, 1 read unit.
    pub async fn credential(&self, email: &Email) -> Result<Option<Credential>, StoreError> {
        self.store.row(&keys::credential(email)).await
    }

    /// The account of a user, if there is one. One round trip, 1 read unit.
    pub async fn account_of(&self, user_id: &UserId) -> Result<Option<Account>, StoreError> {
        self.store.row(&keys::account(user_id)).await
    }

    /// Makes an account whose address must be proven, or replaces one whose address was not, so that
    /// its password and its links are void; nothing of a proven one changes. `false`, and nothing is
    /// written, if the address has another owner now, or its owner has changed. One round trip, 16
    /// write units.
    pub async fn sign_up_unverified(&self, new: UnverifiedSignUp<'_>) -> Result<bool, StoreError> {
        let UnverifiedSignUp { account, credential, profile, job, owner } = new;
        let email = &account.email;
        let unproven = owner.filter(|(owner, _)| !owner.email_verified);
        let mut writes: Vec<Part> = match (owner, unproven) {
            (None, _) => vec![
                Write::put(account_item(account)?).when(Condition::absent()).into(),
                Write::put(credential_item(email, credential)?).when(Condition::absent()).into(),
            ],
            (_, Some((seen_account, seen))) => vec![
                replace(seen_account, account)?,
                Write::put(credential_item(email, credential)?).when(is_still(seen)).into(),
            ],
            (Some((seen_account, seen)), None) => vec![
                Write::check(&keys::account(&seen_account.user_id), Condition::present()).into(),
                Write::check(&keys::credential(email), is_still(seen)).into(),
            ],
        };
        // For a proven address, these rows are those of a user who does not exist.
        let key = keys::profile(&account.user_id);
        let is_proven = owner.is_some() && unproven.is_none();
        writes.push(match profile {
            Some(_) if is_proven => Write::check(&key, Condition::absent()).into(),
            Some(profile) => Write::put(item::write(key, Kind::Profile, profile)?).into(),
            None => Write::delete(&key).into(),
        });
        writes.push(mail_part(job)?);
        writes
            .extend(LinkPurpose::ALL.map(|purpose| {
                Write::delete(&keys::link_tokens(&account.user_id, purpose)).into()
            }));
        happened(self.store.transact(writes).await)
    }

    /// Stores that a password was right, and a mail to its address, which must be proven before a
    /// session begins. `false`, and nothing is stored, if failures from other networks lock the address
    /// now. One round trip, 4 write units, 2 fewer without a mail, 2 more from a network that is not
    /// known.
    pub async fn refuse_unverified(
        &self,
        guess: Guess<'_>,
        job: Option<&MailJob>,
    ) -> Result<bool, StoreError> {
        let mut writes = right_password(guess, self.store.clock.now());
        writes.extend(job.map(mail_part).transpose()?);
        match self.store.transact(writes).await {
            Ok(()) => Ok(true),
            Err(WriteError::ConditionFailed(ALL_NETWORKS, _)) if !guess.known => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Replaces what a sign-up says of an account, if its address is not proven and its epoch is still that
/// which was seen.
fn replace(seen: &Account, account: &Account) -> Result<Part, StoreError> {
    let key = keys::account(&account.user_id);
    let unproven = Condition::new("email_verified = :no").value(":no", AttributeValue::Bool(false));
    let update =
        Write::update(&key).set_all(item::write(key.clone(), Kind::Account, account)?, &[]);
    let update = if account.image.is_none() { update.remove(["image"]) } else { update };
    Ok(update.when(is_as_read(seen)).when(unproven).into())
}

/// The account has the epoch and the address that were read.
pub(in crate::store) fn is_as_read(account: &Account) -> Condition {
    Condition::new("auth_epoch = :seen_epoch AND email = :seen_email")
        .value(":seen_epoch", item::n(account.auth_epoch))
        .value(":seen_email", item::s(account.email.as_str()))
}

/// The credential is the one that was seen.
pub(in crate::store) fn is_still(seen: &Credential) -> Condition {
    Condition::new("user_id = :user AND password_hash = :seen_hash AND auth_epoch = :seen_epoch")
        .value(":user", item::s(seen.user_id.as_str()))
        .value(":seen_hash", item::s(seen.password_hash.as_str()))
        .value(":seen_epoch", item::n(seen.auth_epoch))
}
