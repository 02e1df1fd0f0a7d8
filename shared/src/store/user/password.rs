use super::session::session_item;
use super::{UserStore, WithSession, raise_epoch};
use crate::model::{
    Account, Credential, Failures, Guess, Network, Profile, Scope, Session, Subject,
};
use crate::store::attempts::{self, ALL_NETWORKS, right_password};
use crate::store::write::{Condition, Write, WriteError};
use crate::store::{Counted, StoreError, keys};

/// What a check of the user's own password reads first.
#[derive(Debug)]
pub struct OwnPassword {
    /// The account.
    pub account: Account,
    /// The profile, unless it is archived.
    pub profile: Option<Profile>,
    /// The credential of the account's address.
    pub credential: Credential,
    /// The wrong passwords of this user from all networks.
    pub failures: Failures,
    pub(super) own: WithSession,
}

impl UserStore<'_> {
    /// The user's credential and failures; if the session is valid, a wrong password is counted for
    /// this network as well. Two round trips, 5 read units and 1 write unit.
    pub async fn own_password(
        &self,
        network: &Network,
    ) -> Result<(OwnPassword, Counted), StoreError> {
        let subject = Subject::User(self.user());
        let (profile, failures) =
            (keys::profile(self.user()), keys::failures(subject, Scope::AllNetworks));
        let mut own = self.read_with_session(&[profile.clone(), failures.clone()]).await?;
        let profile: Option<Profile> = own.rows.take(&profile)?;
        let failures: Option<Failures> = own.rows.take(&failures)?;
        let credential = keys::credential(&own.account.email);
        let (credential, counted) = tokio::join!(
            self.store.row::<Credential>(&credential),
            attempts::count(self.store, subject, Scope::Network(network)),
        );
        let own = OwnPassword {
            account: own.account.clone(),
            profile: profile.and_then(Profile::unless_archived),
            credential: credential?.ok_or(StoreError::SignedOut)?,
            failures: failures.unwrap_or_default(),
            own,
        };
        Ok((own, counted?))
    }

    /// Replaces the password's hash and ends all other sessions. The present session stays valid, or
    /// is replaced by `next`, a session of the new epoch. All or nothing: one round trip, one
    /// transaction. `false`, and nothing is written, if failures from other networks lock the user's
    /// password now; otherwise [`StoreError::SignedOut`] if the session has been ended since.
    pub async fn change_password(
        &self,
        current: &OwnPassword,
        guess: Guess<'_>,
        new_hash: &str,
        next: Option<&Session>,
    ) -> Result<bool, StoreError> {
        let [account, credential] =
            raise_epoch(&current.own.account, Some((&current.credential, new_hash)));
        let mut writes = right_password(guess, self.store.clock.now());
        writes.extend([account.into(), credential.into()]);
        match next {
            None => writes.push(self.carry_session(&current.own).into()),
            Some(next) => {
                let old = keys::session(self.user(), self.signed_in.session_id());
                writes.push(Write::delete(&old).when(Condition::present()).into());
                writes.push(Write::put(session_item(next)?).when(Condition::absent()).into());
            }
        }
        match self.store.transact(writes).await {
            Ok(()) => Ok(true),
            Err(WriteError::ConditionFailed(ALL_NETWORKS, _)) if !guess.known => Ok(false),
            Err(error @ WriteError::ConditionFailed(..)) => {
                // Either the session has been ended, which this shows, or another request was faster.
                self.read_with_session(&[]).await?;
                Err(error.into())
            }
            // It may have been written, and have ended the session itself: who asks has to try again.
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}

impl OwnPassword {
    /// The epoch that a change of the password begins.
    pub fn next_epoch(&self) -> u64 {
        self.own.next_epoch()
    }

    /// The present session.
    pub fn session(&self) -> &Session {
        &self.own.session
    }
}
