mod import;
mod tallies;

use super::attempts::unlock;
use super::erasure::{self, Erased};
use super::export::{ExportPage, Reader};
use super::item;
use super::keys;
use super::read::Range;
use super::user::raise_epoch;
use super::write::happened;
use super::{Store, StoreError};
use crate::id::UserId;
use crate::model::{Account, Credential, Failures, Scope, Session, Subject};
use crate::text::Email;

pub use import::{ImportOutcome, ImportedUser};

/// Maximum tries while the user changes the account.
const MAX_TRIES: usize = 5;

/// What the operator of a stack may do for a user who asks for it, without that user's session.
#[derive(Debug)]
pub struct Operator<'a> {
    store: &'a Store,
}

/// What an operator may want to know of a user.
#[derive(Debug)]
pub struct UserFacts {
    /// The account.
    pub account: Account,
    /// How many valid sessions there are.
    pub sessions: usize,
    /// The newest conversation that the user ever had, 0 before the first one.
    pub last_conversation_id: u64,
    /// The wrong passwords of the address from all networks.
    pub of_address: Failures,
    /// Those that the user gave while signed in.
    pub of_user: Failures,
}

impl<'a> Operator<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// The user who has an address, if anyone has it.
    pub async fn find(&self, email: &Email) -> Result<Option<UserId>, StoreError> {
        let credential: Option<Credential> = self.store.row(&keys::credential(email)).await?;
        Ok(credential.map(|credential| credential.user_id))
    }

    /// What an operator may want to know. [`StoreError::NotFound`] if there is no such user.
    pub async fn show(&self, user: &UserId) -> Result<UserFacts, StoreError> {
        let (account, last_conversation_id) = self.account(user).await?;
        let totals = [Subject::Address(&account.email), Subject::User(user)];
        let totals = totals.map(|subject| keys::failures(subject, Scope::AllNetworks));
        let mut rows = self.store.get(&totals).await?;
        let [of_address, of_user] = totals.each_ref().map(|total| rows.take(total));
        let mut range = Range::partition(keys::user_partition(user));
        let last = [keys::SESSION, keys::AFTER_LETTERS].concat();
        range.between = Some((keys::SESSION.to_owned(), last));
        let now = self.store.clock.now();
        let mut sessions = 0;
        for row in self.store.query(&range, usize::MAX).await? {
            let session: Session = item::read(row)?;
            sessions += usize::from(session.is_valid(account.auth_epoch, now));
        }
        Ok(UserFacts {
            account,
            sessions,
            last_conversation_id,
            of_address: of_address?.unwrap_or_default(),
            of_user: of_user?.unwrap_or_default(),
        })
    }

    /// Forgets the wrong passwords of an address and of its user, so that neither is locked.
    pub async fn unlock(&self, email: &Email, user: Option<&UserId>) -> Result<(), StoreError> {
        let now = self.store.clock.now();
        self.store.send(unlock(Subject::Address(email), now)).await?;
        if let Some(user) = user {
            self.store.send(unlock(Subject::User(user), now)).await?;
        }
        Ok(())
    }

    /// Ends all sessions of a user. [`StoreError::NotFound`] if there is no such user.
    pub async fn sign_out(&self, user: &UserId) -> Result<(), StoreError> {
        for _ in 0..MAX_TRIES {
            let (account, _) = self.account(user).await?;
            if happened(self.store.transact(raise_epoch(&account, None)).await)? {
                return Ok(());
            }
        }
        Err(again_and_again())
    }

    /// Everything that the table has of a user, page by page.
    pub async fn export(
        &self,
        user: &UserId,
        cursor: Option<&str>,
    ) -> Result<ExportPage, StoreError> {
        Reader::Operator(self.store, user).page(cursor).await
    }

    /// Erases a user, as the user would. [`StoreError::NotFound`] if there is no such user.
    pub async fn erase(&self, user: &UserId) -> Result<(), StoreError> {
        for _ in 0..MAX_TRIES {
            let (account, last_conversation_id) = self.account(user).await?;
            let erased = Erased { account: &account, last_conversation_id, credential: None };
            let writes = erasure::writes(erased, self.store.clock.now())?;
            if happened(self.store.transact(writes).await)? {
                return Ok(());
            }
        }
        Err(again_and_again())
    }

    async fn account(&self, user: &UserId) -> Result<(Account, u64), StoreError> {
        let key = keys::account(user);
        let row = self.store.get(std::slice::from_ref(&key)).await?.take_item(&key);
        let row = row.ok_or(StoreError::NotFound)?;
        let last_conversation_id = item::number(&row, "last_conversation_id").unwrap_or_default();
        Ok((item::read(row)?, last_conversation_id))
    }
}

fn again_and_again() -> StoreError {
    StoreError::Conflict("the account changed again and again".into())
}
