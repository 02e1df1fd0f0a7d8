//! Asking for mails. What is written does not depend on whether anyone has the address.

use super::App;
use crate::id::{MailJobId, UserId};
use crate::model::{Action, MailJob, MailPurpose, Network};
use crate::problem::Problem;
use crate::text::{Email, Origin};

/// What the link in a mail begins with, and where it goes on to.
#[derive(Debug, Clone)]
pub struct MailLink {
    /// The origin of this API.
    pub origin: Origin,
    /// The page that follows, if the request names one: a path of this site or a trusted page.
    pub callback_url: Option<String>,
}

impl App {
    /// Asks for a mail, unless the network has asked for too many: then it is
    /// [`Problem::TooManyRequests`]. `user_id` is the signed-in user who asks. Two round trips.
    pub async fn ask_for_mail(
        &self,
        purpose: MailPurpose,
        to: Email,
        user_id: Option<UserId>,
        link: MailLink,
        network: &Network,
    ) -> Result<(), Problem> {
        self.count_mail(network).await?;
        let job = self.mail_job(purpose, to, user_id, link);
        Ok(self.store.mails().post(&job).await?)
    }

    /// Counts a mail that a network asks for. [`Problem::TooManyRequests`] beyond the limit. One round
    /// trip.
    pub(super) async fn count_mail(&self, network: &Network) -> Result<(), Problem> {
        let counted = self.store.attempts().count_action(Action::Mail, network).await?;
        self.limit(counted, self.config.mail.mails_per_address)
    }

    /// A mail that is to be sent. Without a page of the request, its link goes on to the configured
    /// one.
    pub(super) fn mail_job(
        &self,
        purpose: MailPurpose,
        to: Email,
        user_id: Option<UserId>,
        link: MailLink,
    ) -> MailJob {
        let mail = &self.config.mail;
        let page = match purpose {
            MailPurpose::ResetPassword => &mail.reset_password_url,
            MailPurpose::VerifyEmail | MailPurpose::SignUp | MailPurpose::ChangeEmail => {
                &mail.verify_email_url
            }
            MailPurpose::EmailChanged | MailPurpose::DeleteUser => &None,
        };
        MailJob {
            id: MailJobId::random(),
            purpose,
            to,
            user_id,
            origin: link.origin,
            callback_url: link.callback_url.or_else(|| page.clone()),
            created_at: self.clock.now(),
        }
    }
}
