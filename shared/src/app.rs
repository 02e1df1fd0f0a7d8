//! The state of a function, made in INIT, and the operations that several routes share.

mod attempts;
mod caller;
pub mod chat;
mod codes;
mod delete_user;
mod init;
mod key_rotation;
mod links;
mod magic_link;
mod mails;
mod oauth;
mod password;
mod proven;
mod sign_in;
mod sign_up;
mod signer;
mod user_session;

use std::sync::Arc;
use std::time::Duration;

use chat::StackQuota;
use signer::Signer;

use crate::auth::{SessionToken, SignedIn, UserToken, newest_of_one_user};
use crate::clock::Clock;
use crate::config::Config;
use crate::id::UserId;
use crate::model::{PublicKey, Ring, Session, User};
use crate::problem::Problem;
use crate::store::Store;
use crate::text::Origin;

pub use caller::Caller;
pub(crate) use caller::SentAs;
pub use codes::CodeAttempt;
pub use delete_user::Proof;
pub use init::Init;
pub use mails::MailLink;
pub use oauth::{
    Begun, CameBack, ComingBack, IdTokenGrant, Refusal, Refused, SecretText, SignedInByProvider,
    ToProvider, Visitor, providers, providers_without_secrets,
};
pub use password::{PasswordChange, PasswordChanged};
pub use proven::Newcomer;
pub use sign_in::{NewSession, SignIn};
pub use sign_up::{SignUp, SignedUp};
pub use user_session::UserSession;

/// Lambda stops an INIT that takes more than ten seconds, and starts it again.
const WARM_LIMIT: Duration = Duration::from_secs(5);

/// A function's state: made once, shared by all its requests.
#[derive(Debug)]
pub struct App {
    /// The environment.
    pub config: Config,
    /// The table.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    session_signer: Signer,
    token_signer: Signer,
    stack_quota: StackQuota,
}

impl App {
    /// An app of this configuration and clock. It connects to nothing yet.
    pub fn new(config: Config, clock: Clock) -> Self {
        let store = Store::new(&config.table, clock.clone());
        Self {
            config,
            store,
            clock,
            session_signer: Signer::new(Ring::Session),
            token_signer: Signer::new(Ring::Token),
            stack_quota: StackQuota::default(),
        }
    }

    /// Reads the keys that the function needs, which opens its connections to the table as well. A
    /// failure does not stop the function from starting: the first request tries again.
    pub async fn warm(&self, init: Init) {
        if !self.config.init_read {
            return;
        }
        match tokio::time::timeout(WARM_LIMIT, init.read(self)).await {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => {
                tracing::warn!(
                    cause = problem.causes(),
                    "the signing keys could not be read in INIT"
                );
            }
            Err(_) => tracing::warn!("the table did not respond in INIT"),
        }
    }

    /// The proof that a token is valid. The store checks with every access that its session is
    /// still valid too.
    pub async fn verify(&self, token: &SessionToken) -> Result<SignedIn, Problem> {
        self.session_signer.verify(self, token).await
    }

    /// The session of a browser that sent these tokens in cookies. Other programs of its host or domain
    /// may have set some of them, so those that verify count: of one user's the newest, of different
    /// users' none.
    pub(crate) async fn verify_cookies(
        &self,
        tokens: Vec<SessionToken>,
    ) -> Result<(SignedIn, SessionToken), Problem> {
        let valid = self.session_signer.verify_all(self, tokens).await?;
        newest_of_one_user(valid).ok_or(Problem::Unauthorized(None))
    }

    /// The user whom a token names that we have signed, valid or not. It proves nothing.
    pub(crate) fn names_user(&self, token: &SessionToken) -> Option<UserId> {
        self.session_signer.names_user(self, token)
    }

    /// The token of a session.
    pub(crate) async fn mint(&self, session: &Session) -> Result<SessionToken, Problem> {
        let key: Arc<_> = self.session_signer.signing(self).await?;
        SessionToken::mint(session, &self.config.issuer, &key).map_err(Problem::internal)
    }

    /// Makes sure that the key is in memory that [`App::mint_for_others`] signs with. No round trip if
    /// it is there already.
    pub async fn ready_to_mint_for_others(&self) {
        if let Err(problem) = self.token_signer.signing(self).await {
            tracing::warn!(cause = problem.causes(), "no key for tokens for other services");
        }
    }

    /// A token that tells other services who the user is, of this API's `origin`.
    pub async fn mint_for_others(
        &self,
        user: &User,
        origin: &Origin,
    ) -> Result<UserToken, Problem> {
        let key: Arc<_> = self.token_signer.signing(self).await?;
        let user = user.for_others(self.config.clients.unverified_email_in_tokens);
        UserToken::mint(&user, origin, &key, self.clock.now()).map_err(Problem::internal)
    }

    /// The public keys that verify the tokens for other services, oldest first. One round trip.
    pub async fn published_keys(&self) -> Result<Vec<PublicKey>, Problem> {
        let ring = self.token_signer.reload(self).await?;
        Ok(ring.published(self.clock.now()).cloned().collect())
    }
}
