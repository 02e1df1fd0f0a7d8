use crate::text::InvalidPassword;

/// A refusal with the status, the code and the words of Better Auth, whose client shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BetterAuthError {
    /// A write with cookies does not say which page it comes from.
    MissingOrigin,
    /// A write with cookies comes from a page that is not trusted.
    InvalidOrigin,
    /// Another site's form or link tries to sign its visitor in.
    CrossSiteNavigation,
    /// The page to go to afterwards is not one of ours.
    InvalidCallbackUrl,
    /// The address that wants to sign in is none.
    InvalidEmail,
    /// The password that a signed-in user gave is not theirs.
    InvalidPassword,
    /// The new password has fewer than 8 characters.
    PasswordTooShort,
    /// The password has more than 128 characters.
    PasswordTooLong,
    /// The new password is among the commonest.
    PasswordCompromised,
    /// The address is changed elsewhere.
    EmailCanNotBeUpdated,
    /// There is nothing to change.
    NoFieldsToUpdate,
}

impl BetterAuthError {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        self.parts().0
    }

    /// The code that the client knows.
    pub fn code(self) -> &'static str {
        self.parts().1
    }

    /// What people read.
    pub fn message(self) -> &'static str {
        self.parts().2
    }

    fn parts(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::MissingOrigin => (403, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin"),
            Self::InvalidOrigin => (403, "INVALID_ORIGIN", "Invalid origin"),
            Self::CrossSiteNavigation => {
                (403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED", "Cross-site navigation login blocked")
            }
            Self::InvalidCallbackUrl => (403, "INVALID_CALLBACK_URL", "Invalid callbackURL"),
            Self::InvalidEmail => (400, "INVALID_EMAIL", "Invalid email"),
            Self::InvalidPassword => (400, "INVALID_PASSWORD", "Invalid password"),
            Self::PasswordTooShort => (400, "PASSWORD_TOO_SHORT", "Password too short"),
            Self::PasswordTooLong => (400, "PASSWORD_TOO_LONG", "Password too long"),
            Self::PasswordCompromised => {
                (400, "PASSWORD_COMPROMISED", "The password is among the commonest; choose another")
            }
            Self::EmailCanNotBeUpdated => {
                (400, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated")
            }
            Self::NoFieldsToUpdate => (400, "NO_FIELDS_TO_UPDATE", "No fields to update"),
        }
    }
}

impl From<InvalidPassword> for BetterAuthError {
    fn from(error: InvalidPassword) -> Self {
        match error {
            InvalidPassword::TooShort => Self::PasswordTooShort,
            InvalidPassword::TooLong => Self::PasswordTooLong,
            InvalidPassword::TooCommon => Self::PasswordCompromised,
        }
    }
}
