//! Checks and changes of a signed-in user's own password.

use super::attempts::{MAX_TRIES, too_many_at_once};
use super::sign_in::hash;
use super::{App, NewSession};
use crate::auth::{PasswordHash, SignedIn, Verdict};
use crate::model::{Account, Client, Profile, Session, Subject};
use crate::problem::{BetterAuthError, Problem};
use crate::store::OwnPassword;
use crate::text::Password;

/// A change of one's own password.
#[derive(Debug)]
pub struct PasswordChange {
    /// The current password as the user typed it.
    pub current: Password,
    /// The new password.
    pub new: Password,
    /// Whether a new session replaces the current one.
    pub new_session: bool,
    /// Where the request came from.
    pub client: Client,
}

/// The session after a change of the password.
#[derive(Debug)]
pub enum PasswordChanged {
    /// The current session stays.
    SessionKept(Account, Option<Profile>),
    /// A new session replaced the current one.
    SessionReplaced(Box<NewSession>),
}

impl App {
    /// Checks the user's own password; three round trips. [`BetterAuthError::InvalidPassword`] if it
    /// is wrong, [`Problem::TooManyRequests`] after too many wrong ones.
    pub async fn verify_password(
        &self,
        signed_in: &SignedIn,
        password: &Password,
    ) -> Result<(), Problem> {
        let subject = Subject::User(signed_in.user_id());
        let mut failures = self.check_own(signed_in, password).await?.failures;
        for _ in 0..MAX_TRIES {
            if self.store.attempts().forget(subject, failures.as_ref()).await? {
                return Ok(());
            }
            failures = self.failures_since(subject).await?;
        }
        Err(too_many_at_once())
    }

    /// Changes the user's own password and ends every other session; three round trips, the last of
    /// them a transaction. A concurrent sign-in with the old password gets a session that is not
    /// valid.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        change: PasswordChange,
    ) -> Result<PasswordChanged, Problem> {
        let mut current = self.check_own(signed_in, &change.current).await?;
        let new_hash = hash(&change.new)?;
        let old_session = current.session();
        let next = change.new_session.then(|| {
            let (user, epoch) = (old_session.user_id.clone(), current.next_epoch());
            Session::begin(user, epoch, self.clock.now(), change.client, old_session.remember)
        });
        let token = match &next {
            Some(next) => Some(self.mint(next).await?),
            None => None,
        };
        let store = self.store.of(signed_in);
        let mut tries = 0;
        while !store.change_password(&current, new_hash.as_str(), next.as_ref()).await? {
            tries += 1;
            if tries == MAX_TRIES {
                return Err(too_many_at_once());
            }
            current.failures = self.failures_since(Subject::User(signed_in.user_id())).await?;
        }
        let OwnPassword { account, profile, .. } = current;
        Ok(match (next, token) {
            (Some(session), Some(token)) => {
                PasswordChanged::SessionReplaced(Box::new(NewSession {
                    session,
                    token,
                    account,
                    profile,
                }))
            }
            _ => PasswordChanged::SessionKept(account, profile),
        })
    }

    async fn check_own(
        &self,
        signed_in: &SignedIn,
        password: &Password,
    ) -> Result<OwnPassword, Problem> {
        let current = self.store.of(signed_in).own_password().await?;
        self.refuse_locked(current.failures.as_ref())?;
        let stored = PasswordHash::stored(current.credential.password_hash.clone());
        if stored.verify(password) == Verdict::Wrong {
            let subject = Subject::User(signed_in.user_id());
            self.record_failure(subject, current.failures).await?;
            return Err(BetterAuthError::InvalidPassword.into());
        }
        Ok(current)
    }
}
