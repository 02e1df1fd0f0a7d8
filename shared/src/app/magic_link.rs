//! Links that sign in.

use super::proven::{MAX_TRIES, Newcomer, changes_again_and_again};
use super::{App, NewSession};
use crate::auth::SignInToken;
use crate::model::Client;
use crate::problem::{BetterAuthError, Problem};
use crate::text::Email;

impl App {
    /// The address that a link signs in with; [`BetterAuthError::InvalidToken`] if it is unknown, used
    /// or expired. Nothing is used up. One round trip.
    pub async fn check_magic_link(&self, token: &SignInToken) -> Result<Email, Problem> {
        let link = self.store.by_magic_link().link(token).await?;
        link.map(|link| link.email).ok_or(BetterAuthError::InvalidToken.into())
    }

    /// Signs in by a link, which is used up, and says whether the user is new. Three round trips.
    pub async fn sign_in_by_magic_link(
        &self,
        token: &SignInToken,
        client: &Client,
    ) -> Result<(NewSession, bool), Problem> {
        let store = self.store.by_magic_link();
        for _ in 0..MAX_TRIES {
            let link = store.link(token).await?.ok_or(BetterAuthError::InvalidToken)?;
            let newcomer = Newcomer { name: link.name, image: None };
            let beginning = self
                .prepare_proven(&link.email, link.credential, &newcomer, client.clone())
                .await?;
            let Some(beginning) = beginning else { continue };
            let (session, network) = (&beginning.new.session, client.network());
            let user = beginning.user();
            if store.sign_in(token, &link.email, user, session, &network).await? {
                let is_new = beginning.is_of_new_user();
                return Ok((beginning.new, is_new));
            }
        }
        Err(changes_again_and_again())
    }
}
