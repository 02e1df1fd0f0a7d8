use std::error::Error;
use std::fmt::Debug;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::auth::SealError;

type Cause = Box<dyn Error + Send + Sync>;

/// What the store has to report. It knows no HTTP.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The session was ended, has expired, or belongs to an older epoch of the account.
    #[error("the session does not hold any more")]
    SignedOut,
    /// There is no such row among the caller's own.
    #[error("there is no such row")]
    NotFound,
    /// Another account has the address.
    #[error("the address is taken")]
    EmailTaken,
    /// The idempotency key was used with another body.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// The cursor is not one that this list of this user gave.
    #[error("the cursor does not belong to this list")]
    BadCursor,
    /// Other writers kept the row busy; nothing was written.
    #[error("the table kept refusing a write because of concurrent ones")]
    Conflict(#[source] Cause),
    /// The table throttled, failed or did not answer.
    #[error("the table is not available")]
    Unavailable(#[source] Cause),
    /// The table refused the call itself: a missing permission or table, or a malformed request.
    /// Trying again does not help.
    #[error("the table refused the call")]
    Refused(#[source] Cause),
    /// An item is not as this program writes it.
    #[error("an item of the table is malformed")]
    Corrupt(#[source] Cause),
}

impl StoreError {
    pub(super) fn corrupt(cause: impl Into<Cause>) -> Self {
        Self::Corrupt(cause.into())
    }

    pub(super) fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }
}

/// Any failure of a call that no caller treats on its own: the SDK has retried what can be.
impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let refused = matches!(error, SdkError::ConstructionFailure(_))
            || error.code().is_some_and(|code| REFUSALS.contains(&code));
        if refused { Self::Refused(error.into()) } else { Self::unavailable(error) }
    }
}

/// Errors that stay until an operator does something.
const REFUSALS: [&str; 7] = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "MissingAuthenticationTokenException",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
    "ValidationException",
];

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::corrupt(error)
    }
}

impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        Self::corrupt(error)
    }
}

/// Whether a call failed because another transaction held the item.
pub(super) fn is_conflict<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("TransactionConflictException")
}
