//! What the links in mails lead to.

use super::proven::{MAX_TRIES, changes_again_and_again};
use super::sign_in::hash;
use super::{App, MailLink};
use crate::auth::LinkToken;
use crate::model::{Account, LinkPurpose, MailPurpose, User};
use crate::problem::{BetterAuthError, Problem};
use crate::store::{Link, LinkState, LinkUse, StoreError};
use crate::text::{Origin, Password};

impl App {
    /// Whether a token may choose a new password; [`BetterAuthError::InvalidToken`] if not. Nothing is
    /// used up. One round trip.
    pub async fn check_reset_link(&self, token: &LinkToken) -> Result<(), Problem> {
        match self.store.by_link().reset_link(token).await? {
            LinkState::Valid(_) => Ok(()),
            _ => Err(BetterAuthError::InvalidToken.into()),
        }
    }

    /// Chooses a new password. All sessions end, and nothing is locked any more. A token that is not
    /// valid costs no hash. Two round trips.
    pub async fn reset_password(
        &self,
        token: &LinkToken,
        password: &Password,
    ) -> Result<(), Problem> {
        let store = self.store.by_link();
        let mut new_hash = None;
        for _ in 0..MAX_TRIES {
            let LinkState::Valid(link) = store.reset_link(token).await? else {
                return Err(BetterAuthError::InvalidToken.into());
            };
            let text = match new_hash.take() {
                Some(text) => text,
                None => hash(password)?,
            };
            match store.reset_password(token, &link, text.as_str()).await? {
                LinkUse::Used => return Ok(()),
                LinkUse::Void => return Err(BetterAuthError::InvalidToken.into()),
                LinkUse::Changed | LinkUse::Taken => new_hash = Some(text),
            }
        }
        Err(changes_again_and_again())
    }

    /// The account whose address a token proves, or whose address it changes. Nothing is used up. One
    /// round trip.
    pub async fn check_email_link(&self, token: &LinkToken) -> Result<Box<Link>, Problem> {
        email_link(self.store.by_link().email_link(token).await?)
    }

    /// Proves an address, or changes it to the one that the link was sent to. Then it returns the
    /// user. Two round trips, three for a change.
    pub async fn use_email_link(
        &self,
        token: &LinkToken,
        origin: &Origin,
    ) -> Result<Option<User>, Problem> {
        let store = self.store.by_link();
        for _ in 0..MAX_TRIES {
            let link = self.check_email_link(token).await?;
            let used = match link.purpose {
                LinkPurpose::ChangeEmail => self.change_email(token, &link, origin).await?,
                _ => store.verify_email(token, &link).await?,
            };
            match used {
                LinkUse::Used if link.purpose == LinkPurpose::ChangeEmail => {
                    return Ok(Some(self.changed_user(*link)));
                }
                LinkUse::Used => return Ok(None),
                LinkUse::Void => return Err(BetterAuthError::InvalidEmailToken.into()),
                LinkUse::Taken => return Err(Problem::EmailTaken),
                LinkUse::Changed => {}
            }
        }
        Err(changes_again_and_again())
    }

    async fn change_email(
        &self,
        token: &LinkToken,
        link: &Link,
        origin: &Origin,
    ) -> Result<LinkUse, StoreError> {
        let Account { email, user_id, .. } = link.account.clone();
        let mail_link = MailLink { origin: origin.clone(), callback_url: None };
        let notice = self.mail_job(MailPurpose::EmailChanged, email, Some(user_id), mail_link);
        self.store.by_link().change_email(token, link, &notice).await
    }

    fn changed_user(&self, link: Link) -> User {
        let Link { account, profile, email, .. } = link;
        let updated_at = self.clock.now();
        let account = Account { email, email_verified: true, updated_at, ..account };
        User::new(account, profile.as_ref())
    }
}

fn email_link(state: LinkState) -> Result<Box<Link>, Problem> {
    Err(match state {
        LinkState::Valid(link) => return Ok(link),
        LinkState::Invalid => BetterAuthError::InvalidEmailToken.into(),
        LinkState::Expired => BetterAuthError::TokenExpired.into(),
        LinkState::NoUser => BetterAuthError::UserNotFound.into(),
    })
}
