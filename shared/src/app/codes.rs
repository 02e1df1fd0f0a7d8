//! Codes of mails. A wrong one counts as a wrong password of its address, so that the same limits hold
//! for guessing either, and it ends each code that it is compared with three times.

use super::proven::{MAX_TRIES, Newcomer, changes_again_and_again};
use super::sign_in::hash;
use super::{App, NewSession};
use crate::auth::{Code, PasswordHash};
use crate::model::{Account, Client, CodePurpose, Guess, Network, Scope, Subject, User};
use crate::problem::{BetterAuthError, Problem};
use crate::store::{CodeState, CodeUse, CodeVerdict, RightCode};
use crate::text::{Email, Password};

/// Somebody enters a code.
#[derive(Debug)]
pub struct CodeAttempt {
    /// The address that it was sent to.
    pub email: Email,
    /// What it is to be used for.
    pub purpose: CodePurpose,
    /// The code.
    pub code: Code,
    /// Where the request came from.
    pub client: Client,
}

impl App {
    /// What the table gets of a code that is sent with the mail of this id.
    pub fn seal_code(
        &self,
        code: &Code,
        email: &Email,
        purpose: CodePurpose,
        mail: &str,
    ) -> Option<String> {
        code.seal(self.config.secrets.first()?, &bound(purpose, email, mail))
    }

    /// Says that a code is right, and leaves it valid. Three round trips.
    pub async fn check_code(&self, attempt: &CodeAttempt) -> Result<(), Problem> {
        let network = attempt.client.network();
        let (_, guess) = Box::pin(self.compare(attempt, &network)).await?;
        if self.store.attempts().succeed(guess).await? {
            return Ok(());
        }
        Err(self.locked_by_others(guess).await)
    }

    /// Signs in by a code, which is used up. Three round trips.
    pub async fn sign_in_by_code(
        &self,
        attempt: &CodeAttempt,
        newcomer: &Newcomer,
    ) -> Result<NewSession, Problem> {
        let (network, store) = (attempt.client.network(), self.store.by_code());
        let (mut state, guess) = Box::pin(self.compare(attempt, &network)).await?;
        for _ in 0..MAX_TRIES {
            let (email, client) = (&attempt.email, attempt.client.clone());
            let credential = state.credential.take();
            let beginning = self.prepare_proven(email, credential, newcomer, client).await?;
            if let Some(beginning) = beginning {
                let (user, session) = (beginning.user(), &beginning.new.session);
                match store.sign_in(attempt.right(&state, guess), user, session).await? {
                    CodeUse::Used => return Ok(beginning.new),
                    CodeUse::Locked => return Err(self.locked_by_others(guess).await),
                    CodeUse::Changed => {}
                }
            }
            state = self.compare_again(attempt, &network).await?;
        }
        Err(changes_again_and_again())
    }

    /// Proves the address of an account by a code, which is used up, and returns its user. Three round
    /// trips.
    pub async fn verify_email_by_code(&self, attempt: &CodeAttempt) -> Result<User, Problem> {
        let (network, store) = (attempt.client.network(), self.store.by_code());
        let (mut state, guess) = Box::pin(self.compare(attempt, &network)).await?;
        for _ in 0..MAX_TRIES {
            let user = match &state.credential {
                Some(credential) => self.store.before_sign_in().user(&credential.user_id).await?,
                None => None,
            };
            let (account, profile) = user.ok_or(BetterAuthError::InvalidOtp)?;
            let updated_at = self.clock.now();
            match store.verify_email(attempt.right(&state, guess), &account, updated_at).await? {
                CodeUse::Used => {
                    let account = Account { email_verified: true, updated_at, ..account };
                    return Ok(User::new(account, profile.as_ref()));
                }
                CodeUse::Locked => return Err(self.locked_by_others(guess).await),
                CodeUse::Changed => state = self.compare_again(attempt, &network).await?,
            }
        }
        Err(changes_again_and_again())
    }

    /// Chooses a new password by a code, which is used up. All sessions end, and nothing is locked any
    /// more. A code that is not right costs no hash. Three round trips.
    pub async fn reset_password_by_code(
        &self,
        attempt: &CodeAttempt,
        password: &Password,
    ) -> Result<(), Problem> {
        let (network, store) = (attempt.client.network(), self.store.by_code());
        let (mut state, guess) = Box::pin(self.compare(attempt, &network)).await?;
        let mut new_hash: Option<PasswordHash> = None;
        for _ in 0..MAX_TRIES {
            let account = match &state.credential {
                Some(credential) => {
                    self.store.before_sign_in().account_of(&credential.user_id).await?
                }
                None => None,
            };
            let account = account.ok_or(BetterAuthError::InvalidOtp)?;
            let text = match new_hash.take() {
                Some(text) => text,
                None => hash(password)?,
            };
            let right = attempt.right(&state, guess);
            match store.reset_password(right, &account, text.as_str()).await? {
                CodeUse::Used => return Ok(()),
                CodeUse::Locked => return Err(self.locked_by_others(guess).await),
                CodeUse::Changed => state = self.compare_again(attempt, &network).await?,
            }
            new_hash = Some(text);
        }
        Err(changes_again_and_again())
    }

    /// Compares a code, after it was counted as a wrong one. One round trip, two if it is wrong.
    async fn compare<'a>(
        &self,
        attempt: &'a CodeAttempt,
        network: &'a Network,
    ) -> Result<(CodeState, Guess<'a>), Problem> {
        let subject = Subject::Address(&attempt.email);
        let (store, attempts) = (self.store.by_code(), self.store.attempts());
        let (state, counted) = tokio::join!(
            store.state(&attempt.email, attempt.purpose, network),
            attempts.count(subject, Scope::Network(network)),
        );
        let (state, counted) = (state?, counted?);
        self.refuse_network(state.network)?;
        let guess = match self.may_guess(subject, network, false, &state.failures, counted).await {
            Ok(guess) => guess,
            Err(problem) => {
                self.count_failed_sign_in(network).await?;
                return Err(problem);
            }
        };
        match Box::pin(self.judge(attempt, state, network)).await {
            Ok(state) => Ok((state, guess)),
            Err(problem @ Problem::BetterAuth(_)) => {
                let (of_network, of_address) =
                    tokio::join!(self.count_failed_sign_in(network), self.count_wrong(guess));
                of_network.and(of_address)?;
                Err(problem)
            }
            Err(problem) => Err(problem),
        }
    }

    /// Compares a code again, since the codes or the account have changed.
    async fn compare_again(
        &self,
        attempt: &CodeAttempt,
        network: &Network,
    ) -> Result<CodeState, Problem> {
        let state = self.store.by_code().state(&attempt.email, attempt.purpose, network).await?;
        Box::pin(self.judge(attempt, state, network)).await
    }

    /// Compares a code with those that were read. That it is wrong is stored before anybody learns it,
    /// so that guesses at the same time learn no more than guesses one after another.
    async fn judge(
        &self,
        attempt: &CodeAttempt,
        mut state: CodeState,
        network: &Network,
    ) -> Result<CodeState, Problem> {
        const MAX_GUESSES: usize = 10;
        let (email, purpose) = (&attempt.email, attempt.purpose);
        let store = self.store.by_code();
        for _ in 0..MAX_GUESSES {
            let verdict = state.codes.compare(self.clock.now(), |sealed, mail| {
                attempt.code.is(sealed, &self.config.secrets, &bound(purpose, email, mail))
            });
            match verdict {
                CodeVerdict::Right => return Ok(state),
                CodeVerdict::Expired => return Err(BetterAuthError::OtpExpired.into()),
                CodeVerdict::TooManyWrong => return Err(BetterAuthError::TooManyAttempts.into()),
                CodeVerdict::Wrong => {}
            }
            if state.codes.is_empty() || store.count_wrong(email, purpose, &state.codes).await? {
                return Err(BetterAuthError::InvalidOtp.into());
            }
            state = store.state(email, purpose, network).await?;
        }
        Err(Problem::Unavailable("too many codes at once".into()))
    }
}

/// What a code is good for: one purpose, one address, and the mail that it came with.
fn bound<'a>(purpose: CodePurpose, email: &'a Email, mail: &'a str) -> [&'a str; 3] {
    [purpose.name(), email.as_str(), mail]
}

impl CodeAttempt {
    fn right<'a>(&'a self, state: &'a CodeState, guess: Guess<'a>) -> RightCode<'a> {
        RightCode { codes: &state.codes, purpose: self.purpose, email: &self.email, guess }
    }
}
