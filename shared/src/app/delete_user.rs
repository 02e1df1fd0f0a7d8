//! The end of an account.

use super::App;
use crate::auth::{LinkToken, SignedIn};
use crate::model::Client;
use crate::problem::{BetterAuthError, Problem};
use crate::store::EraseOutcome;
use crate::text::Password;

/// Maximum tries while other requests change the account.
const MAX_TRIES: usize = 5;

/// What shows that it is the user who deletes the account, beside a valid session.
#[derive(Debug)]
pub enum Proof {
    /// The password as the user typed it.
    Password(Password),
    /// The session began a short time ago.
    FreshSession,
    /// The token of a link that was mailed to the user's address.
    Link(LinkToken),
}

impl App {
    /// Deletes the account: every session ends and the address is free at once, the sweeper deletes the
    /// rest. Two round trips, three with a password, the last of them a transaction.
    /// [`BetterAuthError::InvalidPassword`] and [`Problem::TooManyRequests`] as for
    /// [`App::verify_password`], [`BetterAuthError::SessionExpired`] without a password if the session
    /// is a day old, [`BetterAuthError::UnknownDeletionToken`] for a link that is not valid.
    pub async fn delete_user(
        &self,
        signed_in: &SignedIn,
        proof: &Proof,
        client: &Client,
    ) -> Result<(), Problem> {
        for _ in 0..MAX_TRIES {
            match Box::pin(self.try_delete_user(signed_in, proof, client)).await? {
                EraseOutcome::Erased => return Ok(()),
                EraseOutcome::NotFresh => return Err(BetterAuthError::SessionExpired.into()),
                EraseOutcome::NoLink => return Err(BetterAuthError::UnknownDeletionToken.into()),
                // If this session has been ended, or the password is another one now, the next try
                // finds that.
                EraseOutcome::Changed | EraseOutcome::Locked => {}
            }
        }
        Err(Problem::Unavailable("the account changed again and again".into()))
    }

    async fn try_delete_user(
        &self,
        signed_in: &SignedIn,
        proof: &Proof,
        client: &Client,
    ) -> Result<EraseOutcome, Problem> {
        let store = self.store.of(signed_in);
        match proof {
            Proof::FreshSession => Ok(store.erase_if_fresh().await?),
            Proof::Link(token) => Ok(store.erase_by_link(token).await?),
            Proof::Password(password) => {
                let network = client.network();
                let (current, guess) = self.check_own(signed_in, password, &network).await?;
                match store.erase_with_password(&current, guess).await? {
                    EraseOutcome::Locked => Err(self.locked_by_others(guess).await),
                    outcome => Ok(outcome),
                }
            }
        }
    }
}
