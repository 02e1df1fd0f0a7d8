use crate::problem::{BetterAuthError, OAuthError, Problem};
use crate::provider::ProviderError;
use crate::store::StoreError;

/// Why an account at a provider neither signs in nor is linked, in the words that Better Auth adds to a
/// page as its `error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The browser brings no state.
    StateNotFound,
    /// The state is unknown, used, too old, or of another browser or another provider.
    StateMismatch,
    /// The answer comes from another provider (RFC 9207).
    IssuerMismatch,
    /// The browser brings no code.
    NoCode,
    /// The provider is not configured.
    ProviderNotFound,
    /// The provider does not take the code.
    InvalidCode,
    /// What the provider says of the user breaks a rule.
    NoUserInfo,
    /// The provider is down or too slow (RFC 6749, section 4.1.2.1).
    TemporarilyUnavailable,
    /// The provider gives no address.
    EmailNotFound,
    /// The address is not proven: that of a new user at the provider, or that of a user here where
    /// addresses must be proven.
    EmailNotVerified,
    /// Somebody has the address, and it is not proven on both sides.
    NotLinked,
    /// The provider does not say that the address is the user's; or the user has another account there;
    /// or the session that asked for the link has ended.
    UnableToLink,
    /// The address at the provider is not the user's address here.
    DifferentEmail,
    /// The account belongs to somebody else.
    OfSomebodyElse,
}

impl Refusal {
    /// The `error` of the page.
    pub fn code(self) -> &'static str {
        match self {
            Self::StateNotFound => "state_not_found",
            Self::StateMismatch => "state_mismatch",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::NoCode => "no_code",
            Self::ProviderNotFound => "oauth_provider_not_found",
            Self::InvalidCode => "invalid_code",
            Self::NoUserInfo => "unable_to_get_user_info",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::EmailNotFound => "email_not_found",
            Self::EmailNotVerified => "email_not_verified",
            Self::NotLinked => "account_not_linked",
            Self::UnableToLink => "unable_to_link_account",
            Self::DifferentEmail => "email_does_not_match",
            Self::OfSomebodyElse => "account_already_linked_to_different_user",
        }
    }
}

/// Nobody signs in, and no account is linked.
#[derive(Debug)]
pub enum Refused {
    /// For a reason that a page shows.
    Because(Refusal),
    /// For one that is the same on every route.
    Problem(Problem),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Because(refusal)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

/// What a page shows of a provider's failure.
impl From<&ProviderError> for Refusal {
    fn from(error: &ProviderError) -> Self {
        match error {
            ProviderError::Unreachable(_) => Self::TemporarilyUnavailable,
            ProviderError::Refused(_) => Self::InvalidCode,
            ProviderError::InvalidIdToken(_)
            | ProviderError::InvalidUser(_)
            | ProviderError::NotSupported(_) => Self::NoUserInfo,
        }
    }
}

/// What a program is told that has an ID token in hand.
impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Problem(problem) => problem,
            Refused::Because(refusal) => match refusal {
                Refusal::EmailNotFound => OAuthError::NoEmail.into(),
                Refusal::EmailNotVerified => BetterAuthError::EmailNotVerified.into(),
                Refusal::UnableToLink => OAuthError::LinkingNotAllowed.into(),
                Refusal::DifferentEmail => OAuthError::DifferentEmail.into(),
                Refusal::OfSomebodyElse => OAuthError::AlreadyLinked.into(),
                _ => OAuthError::NotLinked.into(),
            },
        }
    }
}
