/// Why a provider signed nobody in. The texts have no code, no token, no secret and no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It is down, slow, or answers with what we can't read. Another try may work.
    #[error("the provider can't be reached: {0}")]
    Unreachable(String),
    /// It does not accept the code or the token; or it does not accept us, as after a wrong secret.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The ID token breaks a rule (OpenID Connect Core 1.0, section 3.1.3.7).
    #[error("the ID token is not valid: {0}")]
    InvalidIdToken(&'static str),
    /// What the provider says of the user names nobody.
    #[error("the provider names no user: {0}")]
    InvalidUser(&'static str),
    /// The provider has no such operation, such as GitHub, which has no ID tokens.
    #[error("the provider has {0}")]
    NotSupported(&'static str),
}
