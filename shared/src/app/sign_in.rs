use super::App;
use super::attempts::{MAX_TRIES, too_many_at_once};
use crate::auth::{PasswordHash, SessionToken, Verdict};
use crate::model::{Account, Action, Client, Credential, Profile, Session, Subject, User};
use crate::problem::Problem;
use crate::store::SignInState;
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
}

impl App {
    /// Signs in; two round trips. A failure costs the same hash for every address, and its response
    /// comes no sooner than the configured time, so that it does not tell whether there is an
    /// account. A locked address gets [`Problem::TooManyRequests`] whether anyone has it or not.
    pub async fn sign_in(&self, request: SignIn) -> Result<NewSession, Problem> {
        let start = self.clock.now();
        let store = self.store.before_sign_in();
        let (counted, state) = tokio::join!(
            self.count_attempt(Action::SignIn, &request.client),
            store.sign_in_state(&request.email),
        );
        // This error depends on the source address only, and waiting would keep a function busy.
        counted?;
        let outcome = self.try_sign_in(request, state?).await;
        if let Err(Problem::InvalidCredentials | Problem::TooManyRequests { .. }) = outcome {
            self.clock.wait_since(start, self.config.sign_in_floor).await;
        }
        outcome
    }

    async fn try_sign_in(
        &self,
        request: SignIn,
        mut state: SignInState,
    ) -> Result<NewSession, Problem> {
        let store = self.store.before_sign_in();
        let subject = Subject::Address(&request.email);
        self.refuse_locked(state.failures.as_ref())?;
        let verdict = verdict(&state, &request.password);
        let credential = match &state.credential {
            Some(credential) if verdict != Verdict::Wrong => credential.clone(),
            _ => {
                self.record_failure(subject, state.failures).await?;
                return Err(Problem::InvalidCredentials);
            }
        };
        let new_hash = match verdict {
            Verdict::Outdated => Some(hash(&request.password)?),
            Verdict::Right | Verdict::Wrong => None,
        };
        let Credential { user_id, auth_epoch, .. } = credential;
        let now = self.clock.now();
        let session = Session::begin(user_id, auth_epoch, now, request.client, request.remember);
        // Signed before the session is stored, so that a failure here leaves nothing behind.
        let token = self.mint(&session).await?;
        let new_hash = new_hash.as_ref().map(PasswordHash::as_str);
        for _ in 0..MAX_TRIES {
            let (begun, read) = tokio::join!(
                store.begin_session(&session, &request.email, &state, new_hash),
                store.account(&session),
            );
            if begun? {
                let (account, profile) = read?;
                return Ok(NewSession { session, token, account, profile });
            }
            state.failures = self.failures_since(subject).await?;
        }
        Err(too_many_at_once())
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
