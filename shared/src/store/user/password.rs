use aws_sdk_dynamodb::types::TransactWriteItem;

use super::super::attempts::Subject;
use super::super::part::Condition;
use super::super::write::WriteError;
use super::super::{StoreError, item, keys};
use super::session::session_item;
use super::{UserStore, WithSession};
use crate::model::{Account, Credential, Failures, Profile, Session};

/// What a check of the user's own password begins with.
#[derive(Debug)]
pub struct OwnPassword {
    /// The account.
    pub account: Account,
    /// The profile, unless it is archived.
    pub profile: Option<Profile>,
    /// The credential of the account's address.
    pub credential: Credential,
    /// The wrong passwords that this user has given in a row.
    pub failures: Option<Failures>,
    own: WithSession,
}

impl UserStore<'_> {
    /// The user's credential and failures. Two round trips, 5 read units.
    pub async fn own_password(&self) -> Result<OwnPassword, StoreError> {
        let (profile, failures) =
            (keys::profile(self.user()), keys::failures(Subject::User(self.user())));
        let mut own = self.read_with_session(&[profile.clone(), failures.clone()]).await?;
        let profile: Option<Profile> = own.rows.take(&profile)?;
        let failures = own.rows.take(&failures)?;
        let key = keys::credential(&own.account.email);
        let credential: Option<Credential> =
            self.store.get(std::slice::from_ref(&key)).await?.take(&key)?;
        Ok(OwnPassword {
            account: own.account.clone(),
            profile: profile.and_then(Profile::unless_archived),
            credential: credential.ok_or(StoreError::SignedOut)?,
            failures,
            own,
        })
    }

    /// Replaces the password's hash and ends every other session; the present one goes on, or is
    /// replaced by the session `next` of the new epoch. All or nothing: one round trip, one
    /// transaction. `false`, and nothing happens, if the failures have changed since, whatever else
    /// has; [`StoreError::SignedOut`] if the session has been ended since.
    pub async fn change_password(
        &self,
        current: &OwnPassword,
        new_hash: &str,
        next: Option<&Session>,
    ) -> Result<bool, StoreError> {
        const FAILURES: usize = 0;
        let [account, credential] =
            self.raise_epoch(&current.own, Some((&current.credential, new_hash)))?;
        let failures = current.failures.as_ref();
        let mut parts = vec![
            self.store.forget_part(Subject::User(self.user()), failures)?,
            account,
            credential,
        ];
        match next {
            None => parts.push(self.keep_session(&current.own)?),
            Some(next) => {
                let old = keys::session(self.user(), self.signed_in.session_id());
                parts.push(self.store.delete_part(&old, Condition::present())?);
                parts.push(self.store.put_part(session_item(next)?, Condition::absent())?);
            }
        }
        match self.store.transact(parts).await {
            Ok(()) => Ok(true),
            Err(WriteError::ConditionFailed(FAILURES, _)) => Ok(false),
            Err(error) => {
                // Whether the session has been ended, or another request of it was quicker.
                self.read_with_session(&[]).await?;
                Err(error.into())
            }
        }
    }

    /// The parts that raise the epoch in the account and in its credential, so that no session of
    /// an older one counts; with another hash for the password, if it is to be replaced.
    pub(super) fn raise_epoch(
        &self,
        own: &WithSession,
        new_hash: Option<(&Credential, &str)>,
    ) -> Result<[TransactWriteItem; 2], StoreError> {
        let (seen, next) = (item::n(own.account.auth_epoch), item::n(own.next_epoch()));
        let unchanged =
            Condition::new("auth_epoch = :seen").value(":seen", seen).value(":next", next);
        let mut of_credential = unchanged.clone();
        let mut update = String::from("SET auth_epoch = :next");
        if let Some((credential, new_hash)) = new_hash {
            of_credential.expression.push_str(" AND password_hash = :old");
            of_credential = of_credential
                .value(":old", item::s(credential.password_hash.as_str()))
                .value(":new", item::s(new_hash));
            update.push_str(", password_hash = :new");
        }
        Ok([
            self.store.update_part(
                &keys::account(self.user()),
                "SET auth_epoch = :next",
                unchanged,
            )?,
            self.store.update_part(&keys::credential(&own.account.email), update, of_credential)?,
        ])
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
