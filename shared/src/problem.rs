//! What can go wrong, as the client sees it. Every error has one form: RFC 9457, with the `code` and
//! `message` that Better Auth's client reads. `docs/problems.md` lists them.

mod better_auth;
mod code;
mod oauth;
mod or_not_found;
mod quota;
mod status;

use std::error::Error;
use std::time::Duration;

pub use better_auth::BetterAuthError;
pub use oauth::OAuthError;
pub use or_not_found::OrNotFound;

use crate::auth::TokenError;
use crate::causes;
use crate::model::{Quota, QuotaRemaining};
use crate::store::StoreError;

/// A failure that the client is told about.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The body is not JSON, not UTF-8, or has a key twice.
    #[error("The body is not valid JSON: {0}.")]
    MalformedBody(String),
    /// A query parameter is unknown, repeated or has an invalid value.
    #[error("The query parameter {name} {rule}.")]
    InvalidQuery {
        /// The parameter.
        name: String,
        /// What it must be.
        rule: String,
    },
    /// A header has an invalid value.
    #[error("The header {name} {rule}.")]
    InvalidHeader {
        /// The header.
        name: &'static str,
        /// What it must be.
        rule: String,
    },
    /// The cursor does not come from this list.
    #[error("The cursor does not belong to this list.")]
    BadCursor,
    /// There is no token, or it is not valid. The reason is for the log only.
    #[error("Unauthorized")]
    Unauthorized(#[source] Option<Box<dyn Error + Send + Sync>>),
    /// The bearer token is what `session.token` shows to pages.
    #[error(
        "This is the handle of a session, which does not sign in. Send the token that the sign-in \
         returned, or set the parameter SessionTokenReadable, with which session.token is that token"
    )]
    HandleAsToken,
    /// The password is not that of the address.
    #[error("Invalid email or password")]
    InvalidCredentials,
    /// The user has no background profile.
    #[error("There is no background profile.")]
    ProfileNotFound,
    /// The user has no such conversation.
    #[error("There is no such conversation.")]
    ConversationNotFound,
    /// The conversation has no such message.
    #[error("The conversation has no such message.")]
    MessageNotFound,
    /// The user has no such interaction.
    #[error("There is no such interaction.")]
    InteractionNotFound,
    /// The reply that the interaction belongs to may still be running: it is stored with the reply.
    #[error("The reply of this interaction is not complete yet. Rate it when it is.")]
    ReplyNotStored,
    /// Another turn is running in the conversation.
    #[error("The assistant is still replying to another message of this conversation.")]
    TurnInProgress,
    /// A quota of the day is used up.
    #[error("{}", quota::detail(*.quota))]
    QuotaExceeded {
        /// Whose quota it is.
        quota: Quota,
        /// What remains of the user's own quota.
        remaining: QuotaRemaining,
        /// Seconds until the next day begins.
        seconds: u32,
    },
    /// The assistant gave no reply. The question is stored, and can be sent again.
    #[error("The assistant could not reply. Try again.")]
    AssistantUnavailable {
        /// Why, for the log.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
        /// Seconds until the assistant may be asked again.
        seconds: u32,
    },
    /// The function that ran the turn died, or was too slow.
    #[error("The reply was interrupted. Try again.")]
    TurnInterrupted,
    /// A request that had joined a reply follows it no longer; the reply may still be running.
    #[error("This request follows the reply no longer. Join it again.")]
    JoinEnded,
    /// The body is larger than this many bytes.
    #[error("The body is larger than {0} bytes.")]
    BodyTooLarge(usize),
    /// The body is not `application/json`.
    #[error("The body must be application/json.")]
    UnsupportedMediaType,
    /// Another account has the address.
    #[error("User already exists. Use another email.")]
    EmailTaken,
    /// A field breaks its rule.
    #[error("{} {}.", field_name(pointer), detail)]
    InvalidField {
        /// The field as a JSON pointer.
        pointer: String,
        /// What it must be.
        detail: String,
    },
    /// A field breaks its rule, on a route that uses Better Auth's messages.
    #[error("[body{}] {detail}", field_path(pointer))]
    InvalidBetterAuthField {
        /// The field as a JSON pointer.
        pointer: String,
        /// What it must be.
        detail: String,
    },
    /// An error that Better Auth's client recognises by its code.
    #[error("{}", .0.message())]
    BetterAuth(BetterAuthError),
    /// The same, about accounts at providers.
    #[error("{}", .0.message())]
    OAuth(OAuthError),
    /// There were too many attempts to sign in or sign up, or too many mails were asked for.
    #[error("Too many requests. Please try again later.")]
    TooManyRequests {
        /// Seconds until the next attempt may be made.
        seconds: u32,
    },
    /// The idempotency key was used with another body.
    #[error("The Idempotency-Key was used with another body.")]
    IdempotencyKeyReused,
    /// The table is busy or broken. A write was made completely or not at all.
    #[error("The service is not available at the moment. Try again.")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// A bug or a wrong configuration.
    #[error("Something went wrong.")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

impl Problem {
    /// The causes of the problem, for the log. The problem's own text is left out, since it may
    /// contain what the client sent.
    pub fn causes(&self) -> String {
        self.source().map(causes::on_one_line).unwrap_or_default()
    }

    /// A field that is empty, on a route that uses Better Auth's messages.
    pub fn empty_field(pointer: &str) -> Self {
        let detail = "Too small: expected a text that is not empty".to_owned();
        Self::InvalidBetterAuthField { pointer: pointer.to_owned(), detail }
    }

    /// A background profile of which one field is missing, on a route that uses Better Auth's
    /// messages.
    pub fn incomplete_background(pointer: &str) -> Self {
        let detail = "is required, since a background profile has both fields".to_owned();
        Self::InvalidBetterAuthField { pointer: pointer.to_owned(), detail }
    }

    /// Too many attempts: the next one may be made after `wait`.
    pub fn too_many_requests(wait: Duration) -> Self {
        Self::TooManyRequests { seconds: whole_seconds(wait) }
    }

    /// A quota of the day is used up: the next day begins after `wait`.
    pub fn quota_exceeded(quota: Quota, remaining: QuotaRemaining, wait: Duration) -> Self {
        Self::QuotaExceeded { quota, remaining, seconds: whole_seconds(wait) }
    }

    /// The assistant gave no reply. Its provider may ask for a pause of `wait`; we pass on an hour
    /// at most.
    pub fn assistant_unavailable(
        wait: Option<Duration>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        let seconds = whole_seconds(wait.unwrap_or_default()).clamp(1, 3_600);
        Self::AssistantUnavailable { cause: cause.into(), seconds }
    }

    /// A bug or a wrong configuration.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

/// Rounded up, so that it is enough to wait that long.
fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

/// The field's name, from its JSON pointer.
fn field_name(pointer: &str) -> &str {
    match pointer.trim_start_matches('/') {
        "" => "The body",
        name => name,
    }
}

/// The field's path as Better Auth writes it.
fn field_path(pointer: &str) -> String {
    pointer.replace('/', ".")
}

/// The failures that mean the same on every route. [`StoreError::NotFound`] does not: the handler says
/// with [`OrNotFound::or_not_found`] which row was not found.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::SignedOut => Self::Unauthorized(Some(error.into())),
            StoreError::EmailTaken => Self::EmailTaken,
            StoreError::KeyReused => Self::IdempotencyKeyReused,
            StoreError::BadCursor => Self::BadCursor,
            StoreError::Conflict(_) | StoreError::Unavailable(_) => Self::Unavailable(error.into()),
            StoreError::MessageNotFound => Self::MessageNotFound,
            StoreError::NotFound | StoreError::Rejected(_) | StoreError::Corrupt(_) => {
                Self::Internal(error.into())
            }
        }
    }
}

impl From<BetterAuthError> for Problem {
    fn from(error: BetterAuthError) -> Self {
        Self::BetterAuth(error)
    }
}

impl From<OAuthError> for Problem {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        Self::Unauthorized(Some(error.into()))
    }
}
