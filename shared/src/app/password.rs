//! Checks and changes of a signed-in user's own password.

use super::sign_in::hash;
use super::{App, NewSession};
use crate::auth::{PasswordHash, SignedIn, Verdict};
use crate::model::{Account, Client, Guess, Network, Profile, Session, Subject};
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
        client: &Client,
    ) -> Result<(), Problem> {
        let network = client.network();
        let (_, guess) = Box::pin(self.check_own(signed_in, password, &network)).await?;
        if self.store.attempts().succeed(guess).await? {
            return Ok(());
        }
        Err(self.locked_by_others(guess).await)
    }

    /// Changes the user's own password and ends every other session; three round trips, the last of
    /// them a transaction. A concurrent sign-in with the old password gets a session that is not
    /// valid.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        change: PasswordChange,
    ) -> Result<PasswordChanged, Problem> {
        let network = change.client.network();
        let (current, guess) =
            Box::pin(self.check_own(signed_in, &change.current, &network)).await?;
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
        if !store.change_password(&current, guess, new_hash.as_str(), next.as_ref()).await? {
            return Err(self.locked_by_others(guess).await);
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

    /// The user's own password, if this is it. It is compared after it was counted as a wrong one.
    pub(super) async fn check_own<'a>(
        &self,
        signed_in: &'a SignedIn,
        password: &Password,
        network: &'a Network,
    ) -> Result<(OwnPassword, Guess<'a>), Problem> {
        let (current, counted) = self.store.of(signed_in).own_password(network).await?;
        let subject = Subject::User(signed_in.user_id());
        // The password was right when this session began.
        let known = Network::of(&current.session().ip_address) == *network;
        let guess = self.may_guess(subject, network, known, &current.failures, counted).await?;
        let stored = PasswordHash::stored(current.credential.password_hash.clone());
        if stored.verify(password) == Verdict::Wrong {
            Box::pin(self.count_wrong(guess)).await?;
            return Err(BetterAuthError::InvalidPassword.into());
        }
        Ok((current, guess))
    }
}
