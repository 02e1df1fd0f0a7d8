use super::status::ErrorStatus;

/// An error that is about accounts at providers, with the status, the code and the text of Better Auth,
/// whose client shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OAuthError {
    /// No such provider is configured.
    ProviderNotFound,
    /// The provider has no ID tokens.
    IdTokenNotSupported,
    /// The ID token is not one that the provider made for us.
    InvalidIdToken,
    /// The provider gives no address of the user.
    NoEmail,
    /// The account belongs to nobody, and its address is not proven on both sides, or may not sign up.
    NotLinked,
    /// The provider does not say that the address is the user's.
    LinkingNotAllowed,
    /// The address at the provider is not the user's address here.
    DifferentEmail,
    /// The account at the provider belongs to somebody else, or the user has another one there.
    AlreadyLinked,
    /// The user has no such account at a provider.
    AccountNotFound,
    /// Without it, the user could not sign in any more.
    LastAccount,
    /// The provider of the account is not configured any more.
    ProviderNotConfigured,
    /// The same, where tokens are asked for.
    ProviderNotSupported,
    /// The provider gave no access token.
    NoAccessToken,
    /// The access token has ended, and the provider gives no new one.
    FailedToGetAccessToken,
    /// The provider gave no refresh token.
    NoRefreshToken,
    /// The provider gives no new access token.
    FailedToRefresh,
    /// The provider does not say who the user is.
    FailedToGetUserInfo,
}

impl OAuthError {
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
            Self::ProviderNotFound => {
                (Status::NotFound, "PROVIDER_NOT_FOUND", "Provider not found")
            }
            Self::IdTokenNotSupported => {
                (Status::NotFound, "ID_TOKEN_NOT_SUPPORTED", "id_token not supported")
            }
            Self::InvalidIdToken => (Status::Unauthorized, "INVALID_TOKEN", "Invalid token"),
            Self::NoEmail => (Status::Unauthorized, "USER_EMAIL_NOT_FOUND", "User email not found"),
            Self::NotLinked => (Status::Unauthorized, "OAUTH_LINK_ERROR", "account not linked"),
            Self::LinkingNotAllowed => (
                Status::Unauthorized,
                "LINKING_NOT_ALLOWED",
                "Account not linked - linking not allowed",
            ),
            Self::DifferentEmail => (
                Status::Unauthorized,
                "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED",
                "Account not linked - different emails not allowed",
            ),
            Self::AlreadyLinked => {
                (Status::Conflict, "SOCIAL_ACCOUNT_ALREADY_LINKED", "Social account already linked")
            }
            Self::AccountNotFound => (Status::BadRequest, "ACCOUNT_NOT_FOUND", "Account not found"),
            Self::LastAccount => (
                Status::BadRequest,
                "FAILED_TO_UNLINK_LAST_ACCOUNT",
                "You can't unlink your last account",
            ),
            Self::ProviderNotConfigured => (
                Status::BadRequest,
                "PROVIDER_NOT_CONFIGURED",
                "Account is not associated with a configured social provider.",
            ),
            Self::ProviderNotSupported => {
                (Status::BadRequest, "PROVIDER_NOT_SUPPORTED", "The provider is not supported.")
            }
            Self::NoAccessToken => {
                (Status::BadRequest, "ACCESS_TOKEN_NOT_FOUND", "Access token not found")
            }
            Self::FailedToGetAccessToken => (
                Status::BadRequest,
                "FAILED_TO_GET_ACCESS_TOKEN",
                "Failed to get a valid access token",
            ),
            Self::NoRefreshToken => {
                (Status::BadRequest, "REFRESH_TOKEN_NOT_FOUND", "Refresh token not found")
            }
            Self::FailedToRefresh => (
                Status::BadRequest,
                "FAILED_TO_REFRESH_ACCESS_TOKEN",
                "Failed to refresh access token",
            ),
            Self::FailedToGetUserInfo => {
                (Status::Unauthorized, "FAILED_TO_GET_USER_INFO", "Failed to get user info")
            }
        }
    }
}
