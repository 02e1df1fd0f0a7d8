use super::attempts::Subject;
use super::item;
use super::keys;
use super::part::Condition;
use super::user::session_item;
use super::write::WriteError;
use super::{Store, StoreError};
use crate::model::{Account, Credential, Failures, Profile, Session};
use crate::text::Email;

/// What may be done without a session: making an account, and signing in.
#[derive(Debug)]
pub struct BeforeSignIn<'a> {
    store: &'a Store,
}

/// What a sign-in begins with.
#[derive(Debug)]
pub struct SignInState {
    /// The credential of the address, if anyone has it.
    pub credential: Option<Credential>,
    /// The failures of the address.
    pub failures: Option<Failures>,
}

impl<'a> BeforeSignIn<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Makes an account with its credential, first session and, if it has one, profile: all or
    /// nothing. One round trip, 8 write units. [`StoreError::EmailTaken`] if another account has
    /// the address.
    pub async fn sign_up(
        &self,
        account: &Account,
        credential: &Credential,
        profile: Option<&Profile>,
        session: &Session,
    ) -> Result<(), StoreError> {
        const CREDENTIAL: usize = 1;
        let mut row = item::write(keys::account(&account.user_id), "account", account)?;
        row.insert("last_conversation_id".into(), item::n(0));
        let guard = keys::credential(&account.email);
        let mut items =
            vec![row, item::write(guard, "credential", credential)?, session_item(session)?];
        if let Some(profile) = profile {
            items.push(item::write(keys::profile(&profile.user_id), "profile", profile)?);
        }
        let parts = items.into_iter().map(|item| self.store.put_part(item, Condition::absent()));
        match self.store.transact(parts.collect::<Result<_, _>>()?).await {
            Ok(()) => Ok(()),
            Err(WriteError::ConditionFailed(CREDENTIAL, _)) => Err(StoreError::EmailTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// The credential and the failures of an address; one round trip, 2 read units.
    pub async fn sign_in_state(&self, email: &Email) -> Result<SignInState, StoreError> {
        let credential = keys::credential(email);
        let failures = keys::failures(Subject::Address(email));
        let mut rows = self.store.get(&[credential.clone(), failures.clone()]).await?;
        Ok(SignInState { credential: rows.take(&credential)?, failures: rows.take(&failures)? })
    }

    /// Stores a new session and forgets the failures of its address, if they still are as they were
    /// `seen`; `false` if not, and nothing is stored. With `new_hash`, the credential's outdated
    /// hash is replaced as well, unless somebody has replaced it since it was read. One round trip,
    /// 4 write units, 6 with a new hash.
    pub async fn begin_session(
        &self,
        session: &Session,
        email: &Email,
        state: &SignInState,
        new_hash: Option<&str>,
    ) -> Result<bool, StoreError> {
        const FAILURES: usize = 0;
        const CREDENTIAL: usize = 2;
        let mut parts = vec![
            self.store.forget_part(Subject::Address(email), state.failures.as_ref())?,
            self.store.put_part(session_item(session)?, Condition::absent())?,
        ];
        if let (Some(new_hash), Some(credential)) = (new_hash, &state.credential) {
            let unchanged = Condition::new("password_hash = :old")
                .value(":old", item::s(credential.password_hash.as_str()))
                .value(":new", item::s(new_hash));
            let key = keys::credential(email);
            parts.push(self.store.update_part(&key, "SET password_hash = :new", unchanged)?);
        }
        loop {
            match self.store.transact(parts.clone()).await {
                Ok(()) => return Ok(true),
                Err(WriteError::ConditionFailed(FAILURES, _)) => return Ok(false),
                // Another first sign-in was quicker. If it was a change of the password, the
                // session has an older epoch and does not count.
                Err(WriteError::ConditionFailed(CREDENTIAL, _)) => parts.truncate(CREDENTIAL),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The account of a session that is about to begin, and its profile unless that is archived;
    /// one round trip, 2 read units.
    pub async fn account(
        &self,
        session: &Session,
    ) -> Result<(Account, Option<Profile>), StoreError> {
        let (account, profile) = (keys::account(&session.user_id), keys::profile(&session.user_id));
        let mut rows = self.store.get(&[account.clone(), profile.clone()]).await?;
        let profile: Option<Profile> = rows.take(&profile)?;
        // An account that was deleted since its credential was read can't be signed in to.
        let account: Account = rows.take(&account)?.ok_or(StoreError::SignedOut)?;
        Ok((account, profile.and_then(Profile::unless_archived)))
    }
}
