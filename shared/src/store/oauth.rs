//! What a user who comes back from a provider needs, while there is no session yet: the state that the
//! browser took along, whose the account there is, and the writes that sign in with it.

mod accounts;
mod claim;
mod find;
mod sign_in;

use super::item;
use super::keys;
use super::write::{Condition, Write, happened};
use super::{Kind, Store, StoreError};
use crate::id::StateId;
use crate::model::{Account, LinkTo, OAuthState, Session};

pub(super) use accounts::{external_accounts, unlink_unproven};
pub use claim::Claim;
pub(super) use claim::{external_item, is_still, release};
pub use find::{ExternalUserState, KnownUser};
pub use sign_in::NewExternalUser;

/// What may be done for an account at a provider. The caller has the provider's word that it is the
/// account of whoever asks.
#[derive(Debug)]
pub struct OAuth<'a> {
    store: &'a Store,
}

impl<'a> OAuth<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Stores a sign-in that begins. One round trip, 1 write unit.
    pub async fn begin(&self, state: &StateId, begun: &OAuthState) -> Result<(), StoreError> {
        let key = keys::oauth_state(state);
        let item = item::write(key, Kind::OAuthState, begun)?;
        // Without a condition: the state is random, and a lost response is followed by the same write.
        self.store.send(Write::put(item::expires(item, begun.ends_at()))).await?;
        Ok(())
    }

    /// Takes a sign-in up that has begun; `None` if there is none under this state, if it began too long
    /// ago, or if another request has taken it up. Two round trips, the last of them a transaction, so
    /// that a lost response is no loss.
    pub async fn take_up(&self, state: &StateId) -> Result<Option<OAuthState>, StoreError> {
        let key = keys::oauth_state(state);
        let begun: Option<OAuthState> = self.store.row(&key).await?;
        let now = self.store.clock.now();
        let Some(begun) = begun.filter(|begun| begun.ends_at() > now) else { return Ok(None) };
        let take = Write::delete(&key).when(Condition::present());
        Ok(happened(self.store.transact([take]).await)?.then_some(begun))
    }

    /// The account of the user who asked for a link, whose session must still be valid; `None` if it is
    /// not. One round trip, 2 read units.
    pub async fn linking_user(&self, link: &LinkTo) -> Result<Option<Account>, StoreError> {
        let session = keys::session(&link.user_id, &link.session_id);
        let account = keys::account(&link.user_id);
        let mut rows = self.store.get(&[session.clone(), account.clone()]).await?;
        let (session, account) = (rows.take::<Session>(&session)?, rows.take::<Account>(&account)?);
        let now = self.store.clock.now();
        Ok(session.zip(account).and_then(|(session, account)| {
            session.is_valid(account.auth_epoch, now).then_some(account)
        }))
    }
}
