use super::{OwnPassword, UserStore, WithSession};
use crate::auth::LinkToken;
use crate::model::{Credential, Guess, LinkPurpose, Scope};
use crate::store::attempts::{ALL_NETWORKS, not_locked};
use crate::store::erasure::{self, Erased};
use crate::store::links::{LinkTokens, use_token};
use crate::store::write::{Part, Write, WriteError, happened};
use crate::store::{StoreError, keys};

/// What came of erasing a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EraseOutcome {
    /// The user is erased.
    Erased,
    /// The account has changed since it was read; nothing was written.
    Changed,
    /// Failures from other networks lock the user's password now; nothing was written.
    Locked,
    /// The session began too long ago; nothing was written.
    NotFresh,
    /// No mail has sent this link to the user, or it is used or too old; nothing was written.
    NoLink,
}

impl UserStore<'_> {
    /// Erases the user, if the session began a short time ago: every session ends, the address is free,
    /// and the sweeper gets a job to delete all items. All or nothing: two round trips, the last of them
    /// a transaction.
    pub async fn erase_if_fresh(&self) -> Result<EraseOutcome, StoreError> {
        let own = self.read_with_session(&[]).await?;
        if !own.session.is_fresh(self.store.clock.now()) {
            return Ok(EraseOutcome::NotFresh);
        }
        erased(self.erase(Vec::new(), &own, None).await)
    }

    /// The same with the token of a link that was mailed to the user's present address.
    pub async fn erase_by_link(&self, token: &LinkToken) -> Result<EraseOutcome, StoreError> {
        const PURPOSE: LinkPurpose = LinkPurpose::DeleteUser;
        let key = keys::link_tokens(self.user(), PURPOSE);
        let mut own = self.read_with_session(std::slice::from_ref(&key)).await?;
        let tokens: Option<LinkTokens> = own.rows.take(&key)?;
        let now = self.store.clock.now();
        let sent = tokens.as_ref().and_then(|tokens| tokens.valid(&token.hash(), now));
        // A token of somebody else is none of this user's row.
        if !sent.is_some_and(|sent| sent.email == own.account.email) {
            return Ok(EraseOutcome::NoLink);
        }
        erased(self.erase(vec![use_token(token, PURPOSE).into()], &own, None).await)
    }

    /// The same after the user's own password was right. One round trip, one transaction. What was
    /// counted of this network is deleted with it.
    pub async fn erase_with_password(
        &self,
        current: &OwnPassword,
        guess: Guess<'_>,
    ) -> Result<EraseOutcome, StoreError> {
        let counted = keys::failures(guess.subject, Scope::Network(guess.network));
        let mut writes: Vec<Part> = vec![Write::delete(&counted).into()];
        writes.extend(not_locked(guess, self.store.clock.now()));
        match self.erase(writes, &current.own, Some(&current.credential)).await {
            Err(WriteError::ConditionFailed(ALL_NETWORKS, _)) if !guess.known => {
                Ok(EraseOutcome::Locked)
            }
            outcome => erased(outcome),
        }
    }

    async fn erase(
        &self,
        mut writes: Vec<Part>,
        own: &WithSession,
        credential: Option<&Credential>,
    ) -> Result<(), WriteError> {
        let (account, last_conversation_id) = (&own.account, own.last_conversation_id);
        let erased = Erased { account, last_conversation_id, credential };
        writes.extend(erasure::writes(erased, self.store.clock.now())?);
        self.store.transact(writes).await
    }
}

fn erased(outcome: Result<(), WriteError>) -> Result<EraseOutcome, StoreError> {
    Ok(if happened(outcome)? { EraseOutcome::Erased } else { EraseOutcome::Changed })
}
