use super::item;
use super::keys;
use super::write::{WriteError, put};
use super::{Store, StoreError};
use crate::model::{Account, Credential, Profile, Session};
use crate::text::Email;

/// What may be done without a session: making an account, and looking for a credential.
#[derive(Debug)]
pub struct BeforeSignIn<'a> {
    store: &'a Store,
}

impl<'a> BeforeSignIn<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Makes an account with its credential, profile and first session: all or nothing. One round
    /// trip, 8 write units. [`StoreError::EmailTaken`] if another account has the address.
    pub async fn sign_up(
        &self,
        account: &Account,
        credential: &Credential,
        profile: &Profile,
        session: &Session,
    ) -> Result<(), StoreError> {
        const ABSENT: &str = "attribute_not_exists(pk)";
        const CREDENTIAL: usize = 1;
        let mut row = item::write(keys::account(&account.user_id), "account", account)?;
        row.insert("last_conversation_id".into(), item::n(0));
        let guard = keys::credential(&account.email);
        let parts = [
            (row, ABSENT),
            (item::write(guard, "credential", credential)?, ABSENT),
            (item::write(keys::profile(&profile.user_id), "profile", profile)?, ABSENT),
            (session_item(session)?, ABSENT),
        ];
        let parts = parts
            .into_iter()
            .map(|(item, condition)| self.store.put_part(item, condition).map(put));
        match self.store.transact(parts.collect::<Result<_, _>>()?).await {
            Ok(()) => Ok(()),
            Err(WriteError::ConditionFailed(CREDENTIAL, _)) => Err(StoreError::EmailTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// The credential of an address; one round trip, 1 read unit.
    pub async fn credential(&self, email: &Email) -> Result<Option<Credential>, StoreError> {
        let key = keys::credential(email);
        self.store.get(std::slice::from_ref(&key)).await?.take(&key)
    }

    /// Stores a new session, and reads its user's profile beside it; one round trip, 1 write unit
    /// and 1 read unit. An archived profile reads as none.
    pub async fn begin_session(&self, session: &Session) -> Result<Option<Profile>, StoreError> {
        let key = keys::profile(&session.user_id);
        let (stored, rows) = tokio::join!(
            self.store.put_if_absent(session_item(session)?),
            self.store.get(std::slice::from_ref(&key)),
        );
        match stored {
            // The id is random: only our own write, whose reply was lost, can be there already.
            Ok(()) | Err(WriteError::ConditionFailed(..)) => {}
            Err(error) => return Err(error.into()),
        }
        let profile: Option<Profile> = rows?.take(&key)?;
        Ok(profile.filter(|profile| profile.archived_at.is_none()))
    }
}

/// A session's item goes when the session can't be used any more, whatever was renewed.
fn session_item(session: &Session) -> Result<item::Item, StoreError> {
    let key = keys::session(&session.user_id, &session.session_id);
    let item = item::write(key, "session", session)?;
    Ok(item::expires(item, session.created_at.plus(Session::ABSOLUTE)))
}
