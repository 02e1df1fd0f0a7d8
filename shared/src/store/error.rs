use std::error::Error;
use std::fmt::Debug;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::auth::SealError;

type Cause = Box<dyn Error + Send + Sync>;

/// What can go wrong in the store. It knows nothing of HTTP.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The session was ended, has expired, or belongs to an older epoch of the account.
    #[error("the session is not valid any more")]
    SignedOut,
    /// The caller has no such row.
    #[error("there is no such row")]
    NotFound,
    /// The conversation has no such message.
    #[error("there is no such message")]
    MessageNotFound,
    /// Another account has the address.
    #[error("the address is taken")]
    EmailTaken,
    /// The idempotency key was used with another body.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// The cursor was not made for this list of this user.
    #[error("the cursor does not belong to this list")]
    BadCursor,
    /// Other writes of the same row were in the way, also of the retries; nothing was written.
    #[error("concurrent writes of the same row were in the way")]
    Conflict(#[source] Cause),
    /// The table throttled, failed or did not respond.
    #[error("the table is not available")]
    Unavailable(#[source] Cause),
    /// The table rejected the call itself: a missing permission or table, or a malformed request.
    /// A retry does not help.
    #[error("the table rejected the call")]
    Rejected(#[source] Cause),
    /// An item is not as this program writes items.
    #[error("an item of the table is malformed")]
    Corrupt(#[source] Cause),
}

impl StoreError {
    pub(super) fn corrupt(cause: impl Into<Cause>) -> Self {
        Self::Corrupt(cause.into())
    }

    pub(super) fn rejected(cause: impl Into<Cause>) -> Self {
        Self::Rejected(cause.into())
    }

    pub(super) fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }
}

/// A failure that no caller handles by itself. The SDK has done the retries that can help.
impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let rejected = matches!(error, SdkError::ConstructionFailure(_))
            || error.code().is_some_and(|code| REJECTIONS.contains(&code));
        if rejected { Self::rejected(error) } else { Self::unavailable(error) }
    }
}

/// Errors that stay until an operator does something.
const REJECTIONS: [&str; 7] = [
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
