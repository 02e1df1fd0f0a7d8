mod account;
mod branch;
mod conversations;
mod epoch;
mod erase;
mod external_accounts;
mod idempotency;
mod interactions;
mod lists;
mod messages;
mod password;
mod profile;
mod session;
mod turns;

use serde::de::DeserializeOwned;

use super::item::{self, Item};
use super::keys::{self, Key};
use super::read::{Range, Rows};
use super::{Store, StoreError};
use crate::auth::SignedIn;
use crate::id::UserId;
use crate::model::{Account, Session};

pub use account::{BackgroundChange, UserChange};
pub use branch::Branch;
pub(super) use conversations::conversation;
pub(super) use epoch::raise_epoch;
pub use erase::EraseOutcome;
pub use external_accounts::{WayIn, WaysIn};
pub use lists::{ConversationOrder, Limit, Order, Page, PageRequest};
pub use messages::Parent;
pub(super) use messages::message;
pub use password::OwnPassword;
pub(super) use session::session_item;
pub use turns::{
    ChatRows, FinishedReply, GivenTitle, NewTurn, OpenConversation, OpenOutcome, Progress, Question,
};

/// The data of one signed-in user. Another user's data cannot be addressed: every key begins with the
/// user id of the token.
#[derive(Debug)]
pub struct UserStore<'a> {
    pub(super) store: &'a Store,
    signed_in: &'a SignedIn,
}

/// A valid session, its account, and the rows that were read together with them.
#[derive(Debug)]
struct WithSession {
    session: Session,
    account: Account,
    /// The id of the account's newest conversation, 0 before the first one.
    last_conversation_id: u64,
    rows: Rows,
}

impl WithSession {
    fn next_epoch(&self) -> u64 {
        self.account.auth_epoch + 1
    }
}

impl<'a> UserStore<'a> {
    pub(super) fn new(store: &'a Store, signed_in: &'a SignedIn) -> Self {
        Self { store, signed_in }
    }

    pub(super) fn user(&self) -> &'a UserId {
        self.signed_in.user_id()
    }

    /// Reads rows by key, and the session and its account with them, in the same round trip. Every
    /// access to a user's data begins here: [`StoreError::SignedOut`] if the session is not valid,
    /// whatever else was read.
    ///
    /// A change of the password raises the epoch of both in one transaction, but a BatchGet may read one
    /// of them before it and the other one after it. So where they differ, all is read once more.
    async fn read_with_session(&self, keys: &[Key]) -> Result<WithSession, StoreError> {
        let session = keys::session(self.user(), self.signed_in.session_id());
        let account = keys::account(self.user());
        let mut wanted = vec![session.clone(), account.clone()];
        wanted.extend_from_slice(keys);
        let mut is_second_read = false;
        loop {
            let mut rows = self.store.get(&wanted).await?;
            let session: Option<Session> = rows.take(&session)?;
            let account = rows.take_item(&account);
            let last_conversation_id =
                account.as_ref().and_then(|row| item::number(row, "last_conversation_id").ok());
            let account: Option<Account> = account.map(item::read).transpose()?;
            let (Some(session), Some(account)) = (session, account) else {
                return Err(StoreError::SignedOut);
            };
            if session.is_valid(account.auth_epoch, self.store.clock.now()) {
                let last_conversation_id = last_conversation_id.unwrap_or_default();
                return Ok(WithSession { session, account, last_conversation_id, rows });
            }
            if is_second_read || session.auth_epoch == account.auth_epoch {
                return Err(StoreError::SignedOut);
            }
            is_second_read = true;
        }
    }

    /// Reads rows by key, and the account with them, if the session is valid; one round trip.
    pub(super) async fn read_with_account(
        &self,
        keys: &[Key],
    ) -> Result<(Account, Rows), StoreError> {
        let own = self.read_with_session(keys).await?;
        Ok((own.account, own.rows))
    }

    /// Reads rows by key, if the session is valid; one round trip.
    async fn read(&self, keys: &[Key]) -> Result<Rows, StoreError> {
        Ok(self.read_with_session(keys).await?.rows)
    }

    /// Reads one row, if the session is valid; one round trip.
    async fn row<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.read(std::slice::from_ref(key)).await?.take(key)
    }

    /// Reads rows by key and a range in one round trip, if the session is valid.
    async fn read_with_range(
        &self,
        keys: &[Key],
        range: &Range,
        max_items: usize,
    ) -> Result<(Rows, Vec<Item>), StoreError> {
        let (rows, items) = tokio::join!(self.read(keys), self.store.query(range, max_items));
        Ok((rows?, items?))
    }
}
