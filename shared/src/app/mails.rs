//! Asking for mails. What is written does not depend on whether anyone has the address.

use super::App;
use crate::id::{MailJobId, UserId};
use crate::model::{Action, CodePurpose, MailJob, MailPurpose, Network, NextPages};
use crate::problem::Problem;
use crate::text::{Email, Name, Origin};

/// Maximum links and codes for signing in that an address gets in ten minutes, whoever asks for them. The
/// last three are valid, so that whoever asks too often closes no path of the owner.
const MAX_TO_ADDRESS: u64 = 10;

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

    /// Asks for a link that signs in with the address, which may have no account yet: then it makes one
    /// of this name. [`Problem::TooManyRequests`] if the network has asked for too many mails, or the
    /// address got too many. Two round trips.
    pub async fn ask_for_magic_link(
        &self,
        to: Email,
        name: Option<Name>,
        origin: Origin,
        pages: NextPages,
        network: &Network,
    ) -> Result<(), Problem> {
        Box::pin(self.count_mail_to(&to, network)).await?;
        let link = MailLink { origin, callback_url: pages.callback_url };
        let job = MailJob {
            name,
            new_user_callback_url: pages.new_user_callback_url,
            error_callback_url: pages.error_callback_url,
            ..self.mail_job(MailPurpose::MagicLink, to, None, link)
        };
        Ok(self.store.mails().post(&job).await?)
    }

    /// Asks for a code. The same limits hold. Two round trips.
    pub async fn ask_for_code(
        &self,
        purpose: CodePurpose,
        to: Email,
        origin: Origin,
        network: &Network,
    ) -> Result<(), Problem> {
        Box::pin(self.count_mail_to(&to, network)).await?;
        let purpose = match purpose {
            CodePurpose::SignIn => MailPurpose::SignInCode,
            CodePurpose::VerifyEmail => MailPurpose::VerifyEmailCode,
            CodePurpose::ResetPassword => MailPurpose::ResetPasswordCode,
        };
        let job = self.mail_job(purpose, to, None, MailLink { origin, callback_url: None });
        Ok(self.store.mails().post(&job).await?)
    }

    /// Counts a mail for its network and for its address. One round trip.
    async fn count_mail_to(&self, to: &Email, network: &Network) -> Result<(), Problem> {
        let attempts = self.store.attempts();
        let (of_network, of_address) =
            tokio::join!(self.count_mail(network), attempts.count_mail_to(to));
        of_network?;
        self.limit(of_address?, MAX_TO_ADDRESS)
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
            MailPurpose::EmailChanged
            | MailPurpose::DeleteUser
            | MailPurpose::MagicLink
            | MailPurpose::SignInCode
            | MailPurpose::VerifyEmailCode
            | MailPurpose::ResetPasswordCode => &None,
        };
        MailJob {
            id: MailJobId::random(),
            purpose,
            to,
            user_id,
            origin: link.origin,
            callback_url: link.callback_url.or_else(|| page.clone()),
            new_user_callback_url: None,
            error_callback_url: None,
            name: None,
            created_at: self.clock.now(),
        }
    }
}
