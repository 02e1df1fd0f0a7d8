//! Sign-ups where an address must be proven before its first session. One of an address that somebody
//! has takes the same steps and gets the same response as one of a new address.

use super::SignUp;
use crate::app::App;
use crate::app::sign_in::hash;
use crate::id::UserId;
use crate::model::{Account, Credential, MailPurpose, Profile, User};
use crate::problem::Problem;
use crate::store::UnverifiedSignUp;

/// Maximum tries of a sign-up whose address gets or changes its owner at the same time.
const MAX_TRIES: usize = 5;

impl App {
    /// Three round trips. The response shows a user of an address which somebody has with an id that
    /// is made up.
    pub(super) async fn sign_up_unverified(&self, request: SignUp) -> Result<User, Problem> {
        let network = request.client.network();
        let store = self.store.before_sign_in();
        let (counted, read) =
            tokio::join!(self.count_sign_up(&network), store.credential(&request.email));
        counted?;
        let (mut credential, mut new_hash) = (read?, None);
        for _ in 0..MAX_TRIES {
            let made_up = UserId::random();
            let owner_id = credential.as_ref().map_or(&made_up, |credential| &credential.user_id);
            let account = store.account_of(owner_id).await?;
            let text = match new_hash.take() {
                Some(text) => text,
                None => hash(&request.password)?,
            };
            let owner = account.zip(credential.take());
            let unproven = owner.as_ref().filter(|(owner, _)| !owner.email_verified);
            let new = request.new_account(unproven.map(|(owner, _)| owner), made_up.clone(), self);
            let new_credential = Credential {
                user_id: new.user_id.clone(),
                password_hash: text.as_str().to_owned(),
                auth_epoch: new.auth_epoch,
            };
            let background = request.background;
            let profile =
                background.map(|is| Profile::new(new.user_id.clone(), is, new.created_at));
            let (to, link) = (new.email.clone(), request.link.clone());
            let job = self.mail_job(MailPurpose::SignUp, to, None, link);
            let sign_up = UnverifiedSignUp {
                account: &new,
                credential: &new_credential,
                profile: profile.as_ref(),
                job: &job,
                owner: owner.as_ref(),
            };
            if store.sign_up_unverified(sign_up).await? {
                let shown = Account { user_id: made_up, ..new };
                return Ok(User::new(shown, profile.as_ref()));
            }
            new_hash = Some(text);
            credential = store.credential(&request.email).await?;
        }
        Err(Problem::Unavailable("the address changed its owner again and again".into()))
    }
}

impl SignUp {
    /// The account that the sign-up asks for: that of the address's owner who has not proven it, or a
    /// new one.
    fn new_account(&self, unproven: Option<&Account>, made_up: UserId, app: &App) -> Account {
        let now = app.clock.now();
        Account {
            user_id: unproven.map_or(made_up, |owner| owner.user_id.clone()),
            email: self.email.clone(),
            name: self.name.clone(),
            image: self.image.clone(),
            email_verified: false,
            auth_epoch: unproven.map_or(0, |owner| owner.auth_epoch).saturating_add(1),
            // The page of the link names this time, so that its reader can tell sign-ups apart.
            created_at: now,
            updated_at: now,
        }
    }
}
