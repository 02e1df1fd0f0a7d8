use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::CodePurpose;
use crate::clock::Timestamp;
use crate::id::{MailJobId, UserId};
use crate::text::{Email, Name, Origin};

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailPurpose {
    /// A link to choose a new password.
    ResetPassword,
    /// A link that proves the address.
    VerifyEmail,
    /// Somebody signed up with the address. It is proven by a link; if it is proven already, its owner
    /// is told.
    SignUp,
    /// A link that makes this address the user's own, in place of the present one.
    ChangeEmail,
    /// Tells the address that the user had before that there is another one now.
    EmailChanged,
    /// A link that deletes the user.
    DeleteUser,
    /// A link that signs in, whether the address has an account or not.
    MagicLink,
    /// A code that signs in, whether the address has an account or not.
    SignInCode,
    /// A code that proves the address.
    VerifyEmailCode,
    /// A code to choose a new password.
    ResetPasswordCode,
}

impl MailPurpose {
    /// What the mail's code may be used for; `None` if it has none.
    pub fn code(self) -> Option<CodePurpose> {
        match self {
            Self::SignInCode => Some(CodePurpose::SignIn),
            Self::VerifyEmailCode => Some(CodePurpose::VerifyEmail),
            Self::ResetPasswordCode => Some(CodePurpose::ResetPassword),
            _ => None,
        }
    }
}

/// What the one-time token of a link may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Choosing a new password.
    ResetPassword,
    /// Proving the address.
    VerifyEmail,
    /// Changing the address.
    ChangeEmail,
    /// Deleting the user.
    DeleteUser,
}

impl LinkPurpose {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::ResetPassword, Self::VerifyEmail, Self::ChangeEmail, Self::DeleteUser];
    /// How long a link is valid: one hour (OWASP, Forgot Password Cheat Sheet: a short time).
    pub const LIFETIME: Duration = Duration::from_hours(1);
}

/// A mail that is to be sent. It is the same for addresses with and without an account: whoever sends
/// it finds out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailJob {
    /// The job's id.
    pub id: MailJobId,
    /// What the mail is about.
    pub purpose: MailPurpose,
    /// Where it goes.
    pub to: Email,
    /// Whose it is, if a signed-in user asked for it; otherwise the user who has the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The origin of this API, which the mail's link begins with.
    pub origin: Origin,
    /// Where the link's page goes on to. It is a path of this site or a trusted page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// The same if the user is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_user_callback_url: Option<String>,
    /// The same if the link is not valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_callback_url: Option<String>,
    /// The name of the account that the link is to make, if the address has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl MailJob {
    /// How long a link that signs in is valid: 5 minutes.
    pub const MAGIC_LINK_LIFETIME: Duration = Duration::from_mins(5);
    /// A job that stays this long is given up: its link would surprise the reader.
    pub const LIFETIME: Duration = Duration::from_hours(48);
}
