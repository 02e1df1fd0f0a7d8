use super::status::ErrorStatus;
use crate::text::InvalidPassword;

/// An error with the status, the code and the text of Better Auth, whose client shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BetterAuthError {
    /// A write with cookies does not say which page it comes from.
    MissingOrigin,
    /// A write with cookies comes from a page that is not trusted.
    InvalidOrigin,
    /// Another site's form or link tries to sign its visitor in.
    CrossSiteNavigation,
    /// The page to go to afterwards is not trusted.
    InvalidCallbackUrl,
    /// What should be an e-mail address is not one.
    InvalidEmail,
    /// The password that a signed-in user gave is not theirs.
    InvalidPassword,
    /// The new password has fewer than 8 characters.
    PasswordTooShort,
    /// The password has more than 128 characters.
    PasswordTooLong,
    /// The new password is among the commonest.
    PasswordCompromised,
    /// The page that a mail is to lead to is not trusted.
    InvalidRedirectUrl,
    /// No mail can be sent, and so no password can be reset.
    ResetPasswordDisabled,
    /// No mail can be sent, and so no address can be verified.
    VerificationEmailNotEnabled,
    /// No mail can be sent, and so no address can be changed.
    ChangeEmailDisabled,
    /// The token of a link that resets a password is unknown, used or expired.
    InvalidToken,
    /// The token of a link that verifies an address is unknown or used.
    InvalidEmailToken,
    /// The token of a link that verifies an address has expired.
    TokenExpired,
    /// The user of a link has been deleted.
    UserNotFound,
    /// The address is not that of the user who is signed in.
    EmailMismatch,
    /// The address is verified already.
    EmailAlreadyVerified,
    /// The password was right, but the address must be verified first.
    EmailNotVerified,
    /// The new address is the present one.
    EmailIsTheSame,
    /// The session began more than a day ago.
    SessionNotFresh,
    /// This route does not change the address.
    EmailCanNotBeUpdated,
    /// What the request asks for needs the password, or a session that began less than a day ago.
    SessionExpired,
    /// The token of a mailed link does not delete this account.
    UnknownDeletionToken,
    /// The request changes nothing.
    NoFieldsToUpdate,
    /// The page to go to after a failure is not trusted.
    InvalidErrorCallbackUrl,
    /// The page for a new user to go to is not trusted.
    InvalidNewUserCallbackUrl,
    /// The code is none that was mailed to the address.
    InvalidOtp,
    /// The code was mailed more than five minutes ago.
    OtpExpired,
    /// Too many wrong codes were tried.
    TooManyAttempts,
    /// No code is sent for this purpose.
    InvalidOtpType,
}

impl BetterAuthError {
    pub(super) fn status(self) -> ErrorStatus {
        self.parts().0
    }

    /// The code that the client recognises.
    pub fn code(self) -> &'static str {
        self.parts().1
    }

    /// The text for people.
    pub fn message(self) -> &'static str {
        self.parts().2
    }

    fn parts(self) -> (ErrorStatus, &'static str, &'static str) {
        use ErrorStatus as Status;
        match self {
            Self::MissingOrigin => {
                (Status::Forbidden, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin")
            }
            Self::InvalidOrigin => (Status::Forbidden, "INVALID_ORIGIN", "Invalid origin"),
            Self::CrossSiteNavigation => (
                Status::Forbidden,
                "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
                "Cross-site navigation login blocked",
            ),
            Self::InvalidCallbackUrl => {
                (Status::Forbidden, "INVALID_CALLBACK_URL", "Invalid callbackURL")
            }
            Self::InvalidEmail => (Status::BadRequest, "INVALID_EMAIL", "Invalid email"),
            Self::InvalidPassword => (Status::BadRequest, "INVALID_PASSWORD", "Invalid password"),
            Self::PasswordTooShort => {
                (Status::BadRequest, "PASSWORD_TOO_SHORT", "Password too short")
            }
            Self::PasswordTooLong => (Status::BadRequest, "PASSWORD_TOO_LONG", "Password too long"),
            Self::PasswordCompromised => (
                Status::BadRequest,
                "PASSWORD_COMPROMISED",
                "The password is among the commonest; choose another",
            ),
            Self::InvalidRedirectUrl => {
                (Status::Forbidden, "INVALID_REDIRECT_URL", "Invalid redirectURL")
            }
            Self::ResetPasswordDisabled => {
                (Status::BadRequest, "RESET_PASSWORD_DISABLED", "Reset password isn't enabled")
            }
            Self::VerificationEmailNotEnabled => (
                Status::BadRequest,
                "VERIFICATION_EMAIL_NOT_ENABLED",
                "Verification email isn't enabled",
            ),
            Self::ChangeEmailDisabled => {
                (Status::BadRequest, "CHANGE_EMAIL_DISABLED", "Change email is disabled")
            }
            Self::InvalidToken => (Status::BadRequest, "INVALID_TOKEN", "Invalid token"),
            Self::InvalidEmailToken => (Status::Unauthorized, "INVALID_TOKEN", "Invalid token"),
            Self::TokenExpired => (Status::Unauthorized, "TOKEN_EXPIRED", "Token expired"),
            Self::UserNotFound => (Status::Unauthorized, "USER_NOT_FOUND", "User not found"),
            Self::EmailMismatch => (Status::BadRequest, "EMAIL_MISMATCH", "Email mismatch"),
            Self::EmailAlreadyVerified => {
                (Status::BadRequest, "EMAIL_ALREADY_VERIFIED", "Email is already verified")
            }
            Self::EmailNotVerified => {
                (Status::Forbidden, "EMAIL_NOT_VERIFIED", "Email not verified")
            }
            Self::EmailIsTheSame => (Status::BadRequest, "EMAIL_IS_THE_SAME", "Email is the same"),
            Self::SessionNotFresh => {
                (Status::Forbidden, "SESSION_NOT_FRESH", "Session is not fresh")
            }
            Self::EmailCanNotBeUpdated => {
                (Status::BadRequest, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated")
            }
            Self::SessionExpired => (
                Status::BadRequest,
                "SESSION_EXPIRED",
                "Session expired. Re-authenticate to perform this action.",
            ),
            Self::UnknownDeletionToken => (Status::NotFound, "INVALID_TOKEN", "Invalid token"),
            Self::NoFieldsToUpdate => {
                (Status::BadRequest, "NO_FIELDS_TO_UPDATE", "No fields to update")
            }
            Self::InvalidErrorCallbackUrl => {
                (Status::Forbidden, "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL")
            }
            Self::InvalidNewUserCallbackUrl => {
                (Status::Forbidden, "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL")
            }
            Self::InvalidOtp => (Status::BadRequest, "INVALID_OTP", "Invalid OTP"),
            Self::OtpExpired => (Status::BadRequest, "OTP_EXPIRED", "OTP expired"),
            Self::TooManyAttempts => (Status::Forbidden, "TOO_MANY_ATTEMPTS", "Too many attempts"),
            Self::InvalidOtpType => (Status::BadRequest, "INVALID_OTP_TYPE", "Invalid OTP type"),
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
