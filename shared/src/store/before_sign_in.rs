mod unverified;

use super::attempts::{ALL_NETWORKS, failed_sign_ins, right_password, take_failed_sign_ins};
use super::item::{self, Item};
use super::keys;
use super::user::session_item;
use super::write::{Condition, Part, Write, WriteError};
use super::{Kind, NetworkCount, Store, StoreError};
use crate::id::UserId;
use crate::model::{
    Account, Credential, Failures, Guess, Network, Profile, Scope, Session, Subject,
};
use crate::text::Email;

pub use unverified::UnverifiedSignUp;
pub(super) use unverified::{is_as_read, is_still};

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
    /// The failures of the address from all networks.
    pub failures: Failures,
    /// What the network has failed to sign in with, whatever the address.
    pub network: NetworkCount,
}

impl<'a> BeforeSignIn<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Makes an account with its credential, its first session and, if it has one, its profile: all
    /// or nothing. The network is known from now on. One round trip, 10 write units. [`StoreError::EmailTaken`] if another account has
    /// the address.
    pub async fn sign_up(
        &self,
        account: &Account,
        credential: &Credential,
        profile: Option<&Profile>,
        session: &Session,
        network: &Network,
    ) -> Result<(), StoreError> {
        const CREDENTIAL: usize = 1;
        let mut writes = new_user(account, credential, profile)?;
        writes.push(Write::put(session_item(session)?).when(Condition::absent()).into());
        let subject = Subject::Address(&account.email);
        let right = Guess { subject, network, known: true };
        writes.extend(right_password(right, self.store.clock.now()));
        match self.store.transact(writes).await {
            Ok(()) => Ok(()),
            Err(WriteError::ConditionFailed(CREDENTIAL, _)) => Err(StoreError::EmailTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// The credential and the failures of an address, and those of a network; one round trip, 3 read
    /// units.
    pub async fn sign_in_state(
        &self,
        email: &Email,
        network: &Network,
    ) -> Result<SignInState, StoreError> {
        let now = self.store.clock.now();
        let credential = keys::credential(email);
        let failures = keys::failures(Subject::Address(email), Scope::AllNetworks);
        let of_network = failed_sign_ins(network, now);
        let mut rows = self.store.get(&[credential.clone(), failures.clone(), of_network]).await?;
        Ok(SignInState {
            credential: rows.take(&credential)?,
            failures: rows.take(&failures)?.unwrap_or_default(),
            network: take_failed_sign_ins(&mut rows, network, now)?,
        })
    }

    /// Stores a new session, and that its password was right. `false`, and nothing is stored, if
    /// failures from other networks lock the address now. With `new_hash`, the credential's outdated
    /// hash is replaced as well, unless another request has replaced it since it was read. One round
    /// trip, 4 write units, 2 more from a network that is not known, 2 more with a new hash.
    pub async fn begin_session(
        &self,
        session: &Session,
        email: &Email,
        guess: Guess<'_>,
        new_hash: Option<(&Credential, &str)>,
    ) -> Result<bool, StoreError> {
        let mut writes = right_password(guess, self.store.clock.now());
        writes.push(Write::put(session_item(session)?).when(Condition::absent()).into());
        let credential = writes.len();
        if let Some((old, new_hash)) = new_hash {
            let unchanged = Condition::new("password_hash = :old")
                .value(":old", item::s(old.password_hash.as_str()));
            let update = Write::update(&keys::credential(email));
            writes.push(update.set("password_hash", item::s(new_hash)).when(unchanged).into());
        }
        loop {
            match self.store.transact(writes.clone()).await {
                Ok(()) => return Ok(true),
                // Another first sign-in was faster. If it was a change of the password instead,
                // this session has an older epoch and is not valid.
                Err(WriteError::ConditionFailed(part, _)) if part == credential => {
                    writes.truncate(credential);
                }
                Err(WriteError::ConditionFailed(ALL_NETWORKS, _)) if !guess.known => {
                    return Ok(false);
                }
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
        // The account may have been deleted since its credential was read.
        self.user(&session.user_id).await?.ok_or(StoreError::SignedOut)
    }

    /// The account of a user, if there is one, and the profile unless it is archived; one round trip, 2
    /// read units.
    pub async fn user(
        &self,
        user_id: &UserId,
    ) -> Result<Option<(Account, Option<Profile>)>, StoreError> {
        let (account, profile) = (keys::account(user_id), keys::profile(user_id));
        let mut rows = self.store.get(&[account.clone(), profile.clone()]).await?;
        let profile: Option<Profile> = rows.take(&profile)?;
        let account: Option<Account> = rows.take(&account)?;
        Ok(account.map(|account| (account, profile.and_then(Profile::unless_archived))))
    }
}

/// The writes of a new user: account, credential and, if it has one, profile, each if it is absent.
pub(super) fn new_user(
    account: &Account,
    credential: &Credential,
    profile: Option<&Profile>,
) -> Result<Vec<Part>, StoreError> {
    let mut items = vec![account_item(account)?, credential_item(&account.email, credential)?];
    if let Some(profile) = profile {
        items.push(item::write(keys::profile(&profile.user_id), Kind::Profile, profile)?);
    }
    Ok(items.into_iter().map(|item| Write::put(item).when(Condition::absent()).into()).collect())
}

fn account_item(account: &Account) -> Result<Item, StoreError> {
    let mut row = item::write(keys::account(&account.user_id), Kind::Account, account)?;
    row.insert("last_conversation_id".into(), item::n(0));
    Ok(row)
}

fn credential_item(email: &Email, credential: &Credential) -> Result<Item, StoreError> {
    item::write(keys::credential(email), Kind::Credential, credential)
}
