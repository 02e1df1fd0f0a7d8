use crate::clock::Timestamp;
use crate::id::UserId;
use crate::model::{Account, CodePurpose, LinkPurpose, MailJob, MailPurpose};

/// The kinds of mails. What a job asks for becomes one of them, or none, when it is known whether the
/// address has an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    /// A link to choose a new password.
    ResetPassword,
    /// A link that proves the address.
    VerifyEmail {
        /// When the account was made.
        signed_up_at: Timestamp,
    },
    /// Somebody signed up with an address that has an account already.
    AccountExists,
    /// A link that makes this address the user's own.
    ChangeEmail,
    /// The user has another address now.
    EmailChanged,
    /// A link that deletes the user.
    DeleteUser,
    /// A link that signs in.
    MagicLink,
    /// A code.
    Code(CodePurpose),
}

impl Letter {
    /// What a job's address gets. `account` is that of the job's user or, if it names none, of the
    /// `owner` of the address.
    pub fn of(job: &MailJob, account: Option<&Account>, owner: Option<&UserId>) -> Option<Self> {
        let own = account.filter(|account| account.email == job.to);
        match job.purpose {
            MailPurpose::ResetPassword => own.map(|_| Self::ResetPassword),
            MailPurpose::VerifyEmail => {
                own.filter(|account| !account.email_verified).map(Self::verify)
            }
            MailPurpose::SignUp => own.map(|account| {
                if account.email_verified { Self::AccountExists } else { Self::verify(account) }
            }),
            MailPurpose::ChangeEmail => {
                account.filter(|_| job.user_id.is_some() && owner.is_none())?;
                Some(Self::ChangeEmail)
            }
            MailPurpose::EmailChanged => Some(Self::EmailChanged),
            MailPurpose::DeleteUser => {
                own.filter(|_| job.user_id.is_some()).map(|_| Self::DeleteUser)
            }
            MailPurpose::MagicLink => Some(Self::MagicLink),
            MailPurpose::SignInCode => Some(Self::Code(CodePurpose::SignIn)),
            MailPurpose::VerifyEmailCode => own
                .filter(|account| !account.email_verified)
                .map(|_| Self::Code(CodePurpose::VerifyEmail)),
            MailPurpose::ResetPasswordCode => own.map(|_| Self::Code(CodePurpose::ResetPassword)),
        }
    }

    fn verify(account: &Account) -> Self {
        Self::VerifyEmail { signed_up_at: account.created_at }
    }

    /// What its link may be used for; `None` if it has none that needs an account.
    pub fn link(self) -> Option<LinkPurpose> {
        match self {
            Self::ResetPassword => Some(LinkPurpose::ResetPassword),
            Self::VerifyEmail { .. } => Some(LinkPurpose::VerifyEmail),
            Self::ChangeEmail => Some(LinkPurpose::ChangeEmail),
            Self::DeleteUser => Some(LinkPurpose::DeleteUser),
            Self::AccountExists | Self::EmailChanged | Self::MagicLink | Self::Code(_) => None,
        }
    }

    /// Its type, as SES and the outbox name it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset-password",
            Self::VerifyEmail { .. } => "verify-email",
            Self::AccountExists => "account-exists",
            Self::ChangeEmail => "change-email",
            Self::EmailChanged => "email-changed",
            Self::DeleteUser => "delete-user",
            Self::MagicLink => "magic-link",
            Self::Code(CodePurpose::SignIn) => "sign-in-code",
            Self::Code(CodePurpose::VerifyEmail) => "verify-email-code",
            Self::Code(CodePurpose::ResetPassword) => "reset-password-code",
        }
    }
}
