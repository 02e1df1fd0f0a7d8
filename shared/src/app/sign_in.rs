use super::App;
use crate::auth::{PasswordHash, SessionToken};
use crate::id::UserId;
use crate::model::{Background, Client, Credential, Session};
use crate::problem::Problem;
use crate::text::{Email, Password};

/// An attempt to sign in.
#[derive(Debug)]
pub struct SignIn {
    /// The address.
    pub email: Email,
    /// The password as it was typed.
    pub password: Password,
    /// Where the request came from.
    pub client: Client,
}

/// Who signed in.
#[derive(Debug)]
pub struct SignedInUser {
    /// The account's id.
    pub user_id: UserId,
    /// The new session's token.
    pub token: SessionToken,
    /// The background profile, if there is one.
    pub background: Option<Background>,
}

impl App {
    /// Signs in; two round trips. A failure costs the same hash for every address, and answers no
    /// sooner than the configured time, so that it tells nothing of the account.
    pub async fn sign_in(&self, request: SignIn) -> Result<SignedInUser, Problem> {
        let start = self.clock.now();
        let Some(credential) = self.check(&request).await? else {
            self.clock.wait_since(start, self.config.sign_in_floor).await;
            return Err(Problem::InvalidCredentials);
        };
        let Credential { user_id, auth_epoch, .. } = credential;
        let session = Session::begin(user_id.clone(), auth_epoch, self.clock.now(), request.client);
        let token = self.mint(&session).await?;
        let profile = self.store.before_sign_in().begin_session(&session).await?;
        Ok(SignedInUser { user_id, token, background: profile.map(|profile| profile.background()) })
    }

    async fn check(&self, request: &SignIn) -> Result<Option<Credential>, Problem> {
        let credential = self.store.before_sign_in().credential(&request.email).await?;
        let Some(credential) = credential else {
            PasswordHash::compare_with_nobody(&request.password);
            return Ok(None);
        };
        let stored = PasswordHash::stored(credential.password_hash.clone());
        Ok(stored.matches(&request.password).then_some(credential))
    }
}
