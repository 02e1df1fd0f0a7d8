//! What the holder of a mailed link that signs in may do. The address may have no account yet.

use super::attempts::right_password;
use super::links::{LinkTokens, use_sign_in_token};
use super::proven::ProvenUser;
use super::write::{Part, happened};
use super::{Store, StoreError, keys};
use crate::auth::SignInToken;
use crate::model::{Credential, Guess, Network, Session, Subject};
use crate::text::{Email, Name};

/// The rows that the token of a link leads to.
#[derive(Debug)]
pub struct ByMagicLink<'a> {
    store: &'a Store,
}

/// A link whose token is valid.
#[derive(Debug)]
pub struct MagicLink {
    /// The address that it was sent to.
    pub email: Email,
    /// The name of the account that it makes, if the address has none.
    pub name: Name,
    /// The credential of the address, if anyone has it.
    pub credential: Option<Credential>,
}

impl<'a> ByMagicLink<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// What a token leads to; `None` if it is unknown, used or expired. One round trip, 2 read units.
    pub async fn link(&self, token: &SignInToken) -> Result<Option<MagicLink>, StoreError> {
        let row = keys::magic_links(token.owner());
        let credential = keys::credential_of(token.owner());
        let mut rows = self.store.get(&[row.clone(), credential.clone()]).await?;
        let tokens: Option<LinkTokens> = rows.take(&row)?;
        let now = self.store.clock.now();
        let sent = tokens.as_ref().and_then(|tokens| tokens.valid(&token.hash(), now));
        let Some(sent) = sent else { return Ok(None) };
        let (email, name) = (sent.email.clone(), sent.name.clone().unwrap_or_default());
        Ok(Some(MagicLink { email, name, credential: rows.take(&credential)? }))
    }

    /// Begins the session of a link, which is used up; its network is known from now on. All or nothing.
    /// `false`, and nothing is written, if the link or the account has changed since it was read. One
    /// round trip, one transaction.
    pub async fn sign_in(
        &self,
        token: &SignInToken,
        email: &Email,
        user: ProvenUser<'_>,
        session: &Session,
        network: &Network,
    ) -> Result<bool, StoreError> {
        let guess = Guess { subject: Subject::Address(email), network, known: true };
        let mut writes: Vec<Part> = vec![use_sign_in_token(token).into()];
        writes.extend(right_password(guess, self.store.clock.now()));
        writes.extend(user.begin(session, self.store).await?);
        happened(self.store.transact(writes).await)
    }
}
