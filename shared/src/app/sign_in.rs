use super::{App, MailLink, UserSession};
use crate::auth::{PasswordHash, SessionToken, Verdict};
use crate::model::{
    Account, Client, Credential, Guess, MailPurpose, Network, Profile, Scope, Session, Subject,
    User,
};
use crate::problem::{BetterAuthError, Problem};
use crate::store::{Counted, SignInState};
use crate::text::{Email, Password};

/// An attempt to sign in.
#[derive(Debug)]
pub struct SignIn {
    /// The address.
    pub email: Email,
    /// The password as the user typed it.
    pub password: Password,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// Where the request came from.
    pub client: Client,
    /// What the link of a mail leads to, if the address must be proven.
    pub link: MailLink,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// Its token.
    pub token: SessionToken,
    /// The account of its user.
    pub account: Account,
    /// The background profile, if there is one.
    pub profile: Option<Profile>,
}

impl NewSession {
    /// The user as Better Auth's client reads it.
    pub fn user(&self) -> User {
        User::new(self.account.clone(), self.profile.as_ref())
    }

    /// The session as Better Auth's client reads it, for whoever gets its token anyway.
    pub fn show(&self) -> UserSession {
        UserSession::new(self.session.clone(), Some(&self.token))
    }
}

impl App {
    /// Signs in; two round trips, one more from an address's fifth wrong password on. A failure costs
    /// the same hash for every address, and its response comes no sooner than the configured time,
    /// so that it does not tell whether there is an account. A locked address gets
    /// [`Problem::TooManyRequests`] whether anyone has it or not.
    pub async fn sign_in(&self, request: SignIn) -> Result<NewSession, Problem> {
        let start = self.clock.now();
        let network = request.client.network();
        let (store, attempts) = (self.store.before_sign_in(), self.store.attempts());
        let subject = Subject::Address(&request.email);
        // The password is counted as a wrong one before it is compared: a right one gives that back.
        let (state, counted) = tokio::join!(
            store.sign_in_state(&request.email, &network),
            attempts.count(subject, Scope::Network(&network)),
        );
        let (state, counted) = (state?, counted?);
        // This error depends on the network only, and waiting would keep a function busy.
        self.refuse_network(state.network)?;
        let outcome = Box::pin(self.try_sign_in(&request, &network, &state, counted)).await;
        if let Err(Problem::InvalidCredentials | Problem::TooManyRequests { .. }) = outcome {
            self.clock.wait_since(start, self.config.sign_in_floor).await;
        }
        outcome
    }

    async fn try_sign_in(
        &self,
        request: &SignIn,
        network: &Network,
        state: &SignInState,
        counted: Counted,
    ) -> Result<NewSession, Problem> {
        let subject = Subject::Address(&request.email);
        let guess = self.may_guess(subject, network, false, &state.failures, counted).await;
        let guess = match guess {
            Ok(guess) => guess,
            Err(problem) => {
                self.count_failed_sign_in(network).await?;
                return Err(problem);
            }
        };
        let verdict = verdict(state, &request.password);
        match &state.credential {
            Some(credential) if verdict != Verdict::Wrong => {
                self.begin_session(request, guess, credential, verdict).await
            }
            _ => {
                let (of_network, of_address) = tokio::join!(
                    self.count_failed_sign_in(network),
                    Box::pin(self.count_wrong(guess))
                );
                of_network.and(of_address)?;
                Err(Problem::InvalidCredentials)
            }
        }
    }

    /// Begins the session that a right password asks for.
    async fn begin_session(
        &self,
        request: &SignIn,
        guess: Guess<'_>,
        credential: &Credential,
        verdict: Verdict,
    ) -> Result<NewSession, Problem> {
        let new_hash = match verdict {
            Verdict::Outdated => Some(hash(&request.password)?),
            Verdict::Right | Verdict::Wrong => None,
        };
        let SignIn { email, client, remember, .. } = request;
        let (user, epoch) = (credential.user_id.clone(), credential.auth_epoch);
        let session = Session::begin(user, epoch, self.clock.now(), client.clone(), *remember);
        let store = self.store.before_sign_in();
        let mut proven = None;
        if self.config.mail.require_verified {
            let read = store.account(&session).await?;
            if !read.0.email_verified {
                return Err(Box::pin(self.refuse_unverified(request, guess)).await);
            }
            proven = Some(read);
        }
        // Signed before the session is stored, so that a failure here leaves nothing behind.
        let token = self.mint(&session).await?;
        let new_hash = new_hash.as_ref().map(|new_hash| (credential, new_hash.as_str()));
        let (begun, read) =
            tokio::join!(store.begin_session(&session, email, guess, new_hash), async {
                match proven {
                    Some(read) => Ok(read),
                    None => store.account(&session).await,
                }
            },);
        if !begun? {
            return Err(self.locked_by_others(guess).await);
        }
        let (account, profile) = read?;
        Ok(NewSession { session, token, account, profile })
    }

    /// The error for a right password of an address that must be proven first. A new mail is sent,
    /// unless its network has asked for too many. Two round trips.
    async fn refuse_unverified(&self, request: &SignIn, guess: Guess<'_>) -> Problem {
        let may_mail = match self.count_mail(guess.network).await {
            Ok(()) => true,
            Err(Problem::TooManyRequests { .. }) => false,
            Err(problem) => return problem,
        };
        let (to, link) = (request.email.clone(), request.link.clone());
        let job = self.mail_job(MailPurpose::VerifyEmail, to, None, link);
        let store = self.store.before_sign_in();
        match store.refuse_unverified(guess, may_mail.then_some(&job)).await {
            Ok(true) => BetterAuthError::EmailNotVerified.into(),
            Ok(false) => self.locked_by_others(guess).await,
            Err(error) => error.into(),
        }
    }
}

/// The hash of a password for the table; takes about 20 ms of a full core.
pub(super) fn hash(password: &Password) -> Result<PasswordHash, Problem> {
    PasswordHash::of(password).ok_or_else(|| Problem::internal("argon2 refused its parameters"))
}

/// Compares the password with the credential; costs a hash even if there is no credential.
fn verdict(state: &SignInState, password: &Password) -> Verdict {
    if let Some(credential) = &state.credential {
        return PasswordHash::stored(credential.password_hash.clone()).verify(password);
    }
    PasswordHash::compare_with_nobody(password);
    Verdict::Wrong
}
