use super::attempts::forget_failures;
use super::item;
use super::keys;
use super::user::session_item;
use super::write::{Condition, Part, Write, WriteError};
use super::{Store, StoreError};
use crate::model::{Account, Credential, Failures, Profile, Session, Subject};
use crate::text::Email;

/// What may be done without a session: making an account, and signing in.
#[derive(Debug)]
pub struct BeforeSignIn<'a> {
    store: &'a Store,
}

/// What a sign-in reads first.
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

    /// Makes an account with its credential, its first session and, if it has one, its profile: all
    /// or nothing. One round trip, 8 write units. [`StoreError::EmailTaken`] if another account has
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
        let writes = items.into_iter().map(|item| Write::put(item).when(Condition::absent()));
        match self.store.transact(writes).await {
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

    /// Stores a new session and deletes the failures of its address. `false`, and nothing is
    /// stored, if the failures have changed since `state` was read. With `new_hash`, the
    /// credential's outdated hash is replaced as well, unless another request has replaced it since
    /// it was read. One round trip, 4 write units, 6 with a new hash.
    pub async fn begin_session(
        &self,
        session: &Session,
        email: &Email,
        state: &SignInState,
        new_hash: Option<&str>,
    ) -> Result<bool, StoreError> {
        const FAILURES: usize = 0;
        const CREDENTIAL: usize = 2;
        let mut writes: Vec<Part> = vec![
            forget_failures(Subject::Address(email), state.failures.as_ref()).into(),
            Write::put(session_item(session)?).when(Condition::absent()).into(),
        ];
        if let (Some(new_hash), Some(credential)) = (new_hash, &state.credential) {
            let unchanged = Condition::new("password_hash = :old")
                .value(":old", item::s(credential.password_hash.as_str()));
            let update = Write::update(&keys::credential(email));
            writes.push(update.set("password_hash", item::s(new_hash)).when(unchanged).into());
        }
        loop {
            match self.store.transact(writes.clone()).await {
                Ok(()) => return Ok(true),
                Err(WriteError::ConditionFailed(FAILURES, _)) => return Ok(false),
                // Another first sign-in was faster. If it was a change of the password instead,
                // this session has an older epoch and is not valid.
                Err(WriteError::ConditionFailed(CREDENTIAL, _)) => writes.truncate(CREDENTIAL),
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
        // The account may have been deleted since its credential was read.
        let account: Account = rows.take(&account)?.ok_or(StoreError::SignedOut)?;
        Ok((account, profile.and_then(Profile::unless_archived)))
    }
}
