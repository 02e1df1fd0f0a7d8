//! What the holder of a mailed code may do. What is read and written for an address does not depend on
//! whether anyone has it.

use super::attempts::{failed_sign_ins, right_password, take_failed_sign_ins};
use super::codes::Codes;
use super::oauth::unlink_unproven;
use super::proven::{ProvenUser, new_password, verified, void_mails};
use super::write::{Part, WriteError, happened};
use super::{NetworkCount, Store, StoreError, keys};
use crate::clock::Timestamp;
use crate::model::{
    Account, CodePurpose, Credential, Failures, Guess, Network, Scope, Session, Subject,
};
use crate::text::Email;

/// Where the check stands that no failures from all networks lock: after the codes and the network.
const ALL_NETWORKS: usize = 2;

/// The rows that a code leads to.
#[derive(Debug)]
pub struct ByCode<'a> {
    store: &'a Store,
}

/// What is read before a code is compared.
#[derive(Debug)]
pub struct CodeState {
    /// The codes that were mailed to the address for this purpose.
    pub codes: Codes,
    /// The credential of the address, if anyone has it.
    pub credential: Option<Credential>,
    /// The wrong passwords and codes of the address from all networks.
    pub failures: Failures,
    /// What the network has failed to sign in with, whatever the address.
    pub network: NetworkCount,
}

/// What came of using a code. Unless it is used, nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeUse {
    /// The code is used, and has its effect.
    Used,
    /// The codes or the account have changed since they were read: look again.
    Changed,
    /// Failures from other networks lock the address now.
    Locked,
}

impl<'a> ByCode<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// What is known of an address and its codes for one purpose. One round trip, 4 read units.
    pub async fn state(
        &self,
        email: &Email,
        purpose: CodePurpose,
        network: &Network,
    ) -> Result<CodeState, StoreError> {
        let (address, now) = (email.hash(), self.store.clock.now());
        let (codes, credential) = (keys::codes(&address, purpose), keys::credential_of(&address));
        let failures = keys::failures(Subject::Address(email), Scope::AllNetworks);
        let of_network = failed_sign_ins(network, now);
        let wanted = [codes.clone(), credential.clone(), failures.clone(), of_network];
        let mut rows = self.store.get(&wanted).await?;
        Ok(CodeState {
            codes: rows.take(&codes)?.unwrap_or_default(),
            credential: rows.take(&credential)?,
            failures: rows.take(&failures)?.unwrap_or_default(),
            network: take_failed_sign_ins(&mut rows, network, now)?,
        })
    }

    /// Stores that a wrong code was compared with those that were read. `false` if they have changed
    /// since. One round trip, 1 write unit.
    pub async fn count_wrong(
        &self,
        email: &Email,
        purpose: CodePurpose,
        seen: &Codes,
    ) -> Result<bool, StoreError> {
        happened(self.store.send(seen.count_wrong(&email.hash(), purpose)?).await)
    }

    /// Begins a session. One round trip, one transaction.
    pub async fn sign_in(
        &self,
        right: RightCode<'_>,
        user: ProvenUser<'_>,
        session: &Session,
    ) -> Result<CodeUse, StoreError> {
        self.send(right, user.begin(session, self.store).await?).await
    }

    /// Stores that the address of an account is proven at this time. One round trip, one transaction.
    pub async fn verify_email(
        &self,
        right: RightCode<'_>,
        account: &Account,
        now: Timestamp,
    ) -> Result<CodeUse, StoreError> {
        self.send(right, vec![verified(account, now).into()]).await
    }

    /// Replaces the password's hash. All sessions end, the address is proven, wrong passwords are
    /// cleared, and what else was mailed to the user is void. One round trip, one transaction.
    pub async fn reset_password(
        &self,
        right: RightCode<'_>,
        account: &Account,
        new_hash: &str,
    ) -> Result<CodeUse, StoreError> {
        let mut writes = vec![right.use_up()];
        writes.extend(new_password(account, new_hash, self.store));
        writes.extend(void_mails(account, None, Some(right.purpose)));
        writes.extend(unlink_unproven(self.store, account).await?);
        let done = happened(self.store.transact(writes).await)?;
        Ok(if done { CodeUse::Used } else { CodeUse::Changed })
    }

    /// Uses the code up together with these writes: all or nothing.
    async fn send(&self, right: RightCode<'_>, effect: Vec<Part>) -> Result<CodeUse, StoreError> {
        let mut writes = vec![right.use_up()];
        writes.extend(right_password(right.guess, self.store.clock.now()));
        writes.extend(effect);
        match self.store.transact(writes).await {
            Ok(()) => Ok(CodeUse::Used),
            Err(WriteError::ConditionFailed(ALL_NETWORKS, _)) if !right.guess.known => {
                Ok(CodeUse::Locked)
            }
            Err(WriteError::ConditionFailed(..)) => Ok(CodeUse::Changed),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

/// A code that was compared and is right.
#[derive(Debug, Clone, Copy)]
pub struct RightCode<'a> {
    /// The codes as they were read.
    pub codes: &'a Codes,
    /// What it may be used for.
    pub purpose: CodePurpose,
    /// The address that it was sent to.
    pub email: &'a Email,
    /// Who tried it. It was counted as a wrong one before it was compared.
    pub guess: Guess<'a>,
}

impl RightCode<'_> {
    fn use_up(&self) -> Part {
        self.codes.use_up(&self.email.hash(), self.purpose).into()
    }
}
