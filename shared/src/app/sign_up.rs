use super::App;
use crate::auth::{PasswordHash, SessionToken};
use crate::id::UserId;
use crate::model::{Account, Background, Client, Credential, Profile, Session};
use crate::problem::Problem;
use crate::text::{Email, Name, Password};

/// What a new account is made of.
#[derive(Debug)]
pub struct SignUp {
    /// The address that will sign in.
    pub email: Email,
    /// The password that was chosen.
    pub password: Password,
    /// The display name.
    pub name: Name,
    /// The background profile.
    pub background: Background,
    /// Where the request came from.
    pub client: Client,
}

impl App {
    /// Makes an account with a profile and signs it in. One round trip after the password's hash.
    pub async fn sign_up(&self, request: SignUp) -> Result<(UserId, SessionToken), Problem> {
        const FIRST_EPOCH: u64 = 1;
        let hash = PasswordHash::of(&request.password);
        let hash = hash.ok_or_else(|| Problem::internal("argon2 refused its parameters"))?;
        let (now, user_id) = (self.clock.now(), UserId::random());
        let account = Account {
            user_id: user_id.clone(),
            email: request.email,
            name: request.name,
            email_verified: false,
            auth_epoch: FIRST_EPOCH,
            created_at: now,
            updated_at: now,
        };
        let credential = Credential {
            user_id: user_id.clone(),
            password_hash: hash.as_str().to_owned(),
            auth_epoch: FIRST_EPOCH,
        };
        let profile = Profile::new(user_id.clone(), request.background, now);
        let session = Session::begin(user_id.clone(), FIRST_EPOCH, now, request.client);
        // Signed before it is stored, so that a failure here leaves nothing behind.
        let token = self.mint(&session).await?;
        self.store.before_sign_in().sign_up(&account, &credential, &profile, &session).await?;
        Ok((user_id, token))
    }
}
