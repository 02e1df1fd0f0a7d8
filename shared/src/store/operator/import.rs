//! Users who come from another program, with their ids and dates.

use super::Operator;
use crate::auth::PasswordHash;
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::model::{Account, Background, Credential, Profile};
use crate::store::before_sign_in::new_user;
use crate::store::write::{Condition, Part, Write, WriteError};
use crate::store::{StoreError, keys};
use crate::text::{Email, Image, Name};

/// A user as the other program had one.
#[derive(Debug, Clone)]
pub struct ImportedUser {
    /// The id, which stays the same.
    pub user_id: UserId,
    /// The address that signs in.
    pub email: Email,
    /// Whether the address was proven there.
    pub email_verified: bool,
    /// The display name.
    pub name: Name,
    /// Where the user's picture is.
    pub image: Option<Image>,
    /// The hash of the password, or of nothing.
    pub password_hash: PasswordHash,
    /// The background profile, if there is one.
    pub background: Option<Background>,
    /// When the account was made there.
    pub created_at: Timestamp,
    /// When it was last changed there.
    pub updated_at: Timestamp,
}

/// What came of an import. Only the first one writes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportOutcome {
    /// The user is there now.
    Imported,
    /// The user was there already, perhaps with another address by now.
    AlreadyThere,
    /// Another user has the address.
    EmailTaken,
    /// The user was deleted here, and stays so.
    Erased,
}

impl Operator<'_> {
    /// Makes the account of a user who comes from another program, unless it exists, with its credential
    /// and its profile: all or nothing. A user who was deleted here is not made again. One round trip.
    pub async fn import(&self, user: &ImportedUser) -> Result<ImportOutcome, StoreError> {
        const ERASED: usize = 0;
        const ACCOUNT: usize = 1;
        const CREDENTIAL: usize = 2;
        let account = user.account();
        let credential = Credential {
            user_id: user.user_id.clone(),
            password_hash: user.password_hash.as_str().to_owned(),
            auth_epoch: account.auth_epoch,
        };
        let profile = user
            .background
            .map(|background| Profile::new(user.user_id.clone(), background, user.created_at));
        let not_erased = Write::check(&keys::erased(&user.user_id), Condition::absent());
        let mut writes: Vec<Part> = vec![not_erased.into()];
        writes.extend(new_user(&account, &credential, profile.as_ref())?);
        match self.store.transact(writes).await {
            Ok(()) => Ok(ImportOutcome::Imported),
            Err(WriteError::ConditionFailed(ERASED, _)) => Ok(ImportOutcome::Erased),
            Err(WriteError::ConditionFailed(ACCOUNT, _)) => Ok(ImportOutcome::AlreadyThere),
            Err(WriteError::ConditionFailed(CREDENTIAL, _)) => Ok(ImportOutcome::EmailTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// What would come of an import now; nothing is written. One round trip.
    pub async fn foresee_import(&self, user: &ImportedUser) -> Result<ImportOutcome, StoreError> {
        let erased = keys::erased(&user.user_id);
        let account = keys::account(&user.user_id);
        let credential = keys::credential(&user.email);
        let wanted = [erased.clone(), account.clone(), credential.clone()];
        let mut rows = self.store.get(&wanted).await?;
        Ok(if rows.take_item(&erased).is_some() {
            ImportOutcome::Erased
        } else if rows.take_item(&account).is_some() {
            ImportOutcome::AlreadyThere
        } else if rows.take_item(&credential).is_some() {
            ImportOutcome::EmailTaken
        } else {
            ImportOutcome::Imported
        })
    }
}

impl ImportedUser {
    fn account(&self) -> Account {
        Account {
            user_id: self.user_id.clone(),
            email: self.email.clone(),
            name: self.name.clone(),
            image: self.image.clone(),
            email_verified: self.email_verified,
            auth_epoch: Account::FIRST_EPOCH,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
