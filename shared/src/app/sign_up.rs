mod unverified;

use super::sign_in::hash;
use super::{App, MailLink, NewSession};
use crate::id::UserId;
use crate::model::{Account, Background, Client, Credential, Profile, Session, User};
use crate::problem::Problem;
use crate::text::{Email, Image, Name, Password};

/// The data of a new account.
#[derive(Debug)]
pub struct SignUp {
    /// The address for signing in.
    pub email: Email,
    /// The password that the user chose.
    pub password: Password,
    /// The display name.
    pub name: Name,
    /// The picture.
    pub image: Option<Image>,
    /// The background profile.
    pub background: Option<Background>,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// Where the request came from.
    pub client: Client,
    /// What the link of its mail leads to, if the address must be proven.
    pub link: MailLink,
}

/// What came of a sign-up.
#[derive(Debug)]
pub enum SignedUp {
    /// A session has begun.
    Session(Box<NewSession>),
    /// The address must be proven first. This user may be made up.
    Unverified(Box<User>),
}

impl App {
    /// Makes an account and signs it in, unless its address must be proven first.
    pub async fn sign_up(&self, request: SignUp) -> Result<SignedUp, Problem> {
        if self.config.mail.require_verified {
            let user = Box::pin(self.sign_up_unverified(request)).await?;
            return Ok(SignedUp::Unverified(Box::new(user)));
        }
        let new = self.sign_up_and_in(request).await?;
        Ok(SignedUp::Session(Box::new(new)))
    }

    /// One round trip before the password is hashed, one after it.
    async fn sign_up_and_in(&self, request: SignUp) -> Result<NewSession, Problem> {
        let network = request.client.network();
        self.count_sign_up(&network).await?;
        let new_hash = hash(&request.password)?;
        let (now, user_id) = (self.clock.now(), UserId::random());
        let account = Account {
            user_id: user_id.clone(),
            email: request.email,
            name: request.name,
            image: request.image,
            email_verified: false,
            auth_epoch: Account::FIRST_EPOCH,
            created_at: now,
            updated_at: now,
        };
        let credential = Credential {
            user_id: user_id.clone(),
            password_hash: new_hash.as_str().to_owned(),
            auth_epoch: Account::FIRST_EPOCH,
        };
        let profile =
            request.background.map(|background| Profile::new(user_id.clone(), background, now));
        let session =
            Session::begin(user_id, Account::FIRST_EPOCH, now, request.client, request.remember);
        // Signed before the session is stored, so that a failure here leaves nothing behind.
        let token = self.mint(&session).await?;
        let store = self.store.before_sign_in();
        store.sign_up(&account, &credential, profile.as_ref(), &session, &network).await?;
        Ok(NewSession { session, token, account, profile })
    }
}
