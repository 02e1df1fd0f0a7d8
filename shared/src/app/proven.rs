//! The session that follows the proof that an address is the caller's.

use super::{App, NewSession};
use crate::auth::PasswordHash;
use crate::id::UserId;
use crate::model::{Account, Client, Credential, Session};
use crate::problem::Problem;
use crate::store::{ProvenUser, Standing};
use crate::text::{Email, Image, Name};

/// Maximum tries of a sign-in whose address gets or changes its owner at the same time.
pub(super) const MAX_TRIES: usize = 5;

/// What the account gets if the address has none.
#[derive(Debug, Clone, Default)]
pub struct Newcomer {
    /// The display name.
    pub name: Name,
    /// The picture.
    pub image: Option<Image>,
}

/// A session that is about to begin.
#[derive(Debug)]
pub(super) struct Beginning {
    /// The session, and the account as it is with it.
    pub(super) new: NewSession,
    /// The account as it was read, or as it is to be made.
    account: Account,
    credential: Credential,
    standing: Standing,
}

impl Beginning {
    /// What the store needs to begin it.
    pub(super) fn user(&self) -> ProvenUser<'_> {
        let Self { standing, account, credential, .. } = self;
        ProvenUser { standing: *standing, account, credential }
    }

    /// Whether the session makes the account.
    pub(super) fn is_of_new_user(&self) -> bool {
        self.standing == Standing::New
    }
}

impl App {
    /// The session of the user who has the address, or of a new one. `None` if the account was erased
    /// since its credential was read. A new account is counted as a sign-up of its network:
    /// [`Problem::TooManyRequests`] beyond the limit. One round trip.
    pub(super) async fn prepare_proven(
        &self,
        email: &Email,
        credential: Option<Credential>,
        newcomer: &Newcomer,
        client: Client,
    ) -> Result<Option<Beginning>, Problem> {
        let now = self.clock.now();
        let (standing, account, credential, profile) = match credential {
            None => {
                self.count_sign_up(&client.network()).await?;
                let (account, credential) = self.newcomer(email.clone(), newcomer.clone());
                (Standing::New, account, credential, None)
            }
            Some(credential) => {
                let user = self.store.before_sign_in().user(&credential.user_id).await?;
                let Some((account, profile)) = user else { return Ok(None) };
                let is_known = account.email_verified;
                let standing = if is_known { Standing::Known } else { Standing::Claimed };
                (standing, account, credential, profile)
            }
        };
        let auth_epoch = match standing {
            Standing::Claimed => account.auth_epoch.saturating_add(1),
            Standing::New | Standing::Known => credential.auth_epoch,
        };
        let user_id = account.user_id.clone();
        let session = Session::begin(user_id, auth_epoch, now, client, true);
        // Signed before the session is stored, so that a failure here leaves nothing behind.
        let token = self.mint(&session).await?;
        let updated_at = if standing == Standing::Claimed { now } else { account.updated_at };
        let shown = Account { email_verified: true, auth_epoch, updated_at, ..account.clone() };
        let new = NewSession { session, token, account: shown, profile };
        Ok(Some(Beginning { new, account, credential, standing }))
    }

    /// An account whose address is proven, and which has no password.
    pub(super) fn newcomer(&self, email: Email, newcomer: Newcomer) -> (Account, Credential) {
        let (now, user_id) = (self.clock.now(), UserId::random());
        let account = Account {
            user_id: user_id.clone(),
            email,
            name: newcomer.name,
            image: newcomer.image,
            email_verified: true,
            auth_epoch: Account::FIRST_EPOCH,
            created_at: now,
            updated_at: now,
        };
        let credential = Credential {
            user_id,
            password_hash: PasswordHash::of_nothing().as_str().to_owned(),
            auth_epoch: Account::FIRST_EPOCH,
        };
        (account, credential)
    }
}

/// The error for an address whose owner changed at each try.
pub(super) fn changes_again_and_again() -> Problem {
    Problem::Unavailable("the account changed again and again".into())
}
