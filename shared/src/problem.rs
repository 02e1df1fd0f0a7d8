//! What can go wrong, as clients are told: one shape for every error, RFC 9457 with the `code`
//! and `message` that Better Auth's client reads beside it. `docs/problems.md` lists them.

mod better_auth;

use std::error::Error;
use std::time::Duration;

pub use better_auth::BetterAuthError;

use crate::auth::TokenError;
use crate::store::StoreError;

/// A failure that a client is told of.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The body is no JSON, not UTF-8, or names a key twice.
    #[error("The body is not valid JSON: {0}.")]
    MalformedBody(String),
    /// A query parameter is unknown, repeated or of the wrong form.
    #[error("The query parameter {name} {rule}.")]
    InvalidQuery {
        /// The parameter.
        name: String,
        /// What it must be.
        rule: String,
    },
    /// A header is of the wrong form.
    #[error("The header {name} {rule}.")]
    InvalidHeader {
        /// The header.
        name: &'static str,
        /// What it must be.
        rule: String,
    },
    /// The cursor is not one that this list gave.
    #[error("The cursor does not belong to this list.")]
    BadCursor,
    /// There is no token, or it does not count; why is for the log only.
    #[error("Unauthorized")]
    Unauthorized(#[source] Option<Box<dyn Error + Send + Sync>>),
    /// The address and the password don't belong together.
    #[error("Invalid email or password")]
    InvalidCredentials,
    /// The user has no background profile.
    #[error("There is no background profile.")]
    ProfileNotFound,
    /// The user has no such conversation.
    #[error("There is no such conversation.")]
    ConversationNotFound,
    /// The user has no such interaction.
    #[error("There is no such interaction.")]
    InteractionNotFound,
    /// The conversation is busy with another message.
    #[error("Another message is being answered in this conversation.")]
    TurnInProgress,
    /// Only the last turn can be edited or answered anew.
    #[error("Only the last message of a conversation can be edited or answered anew.")]
    NotLastTurn,
    /// The day's quota is used up.
    #[error("The quota of this day is used up.")]
    QuotaExceeded {
        /// The next day begins after so many seconds.
        seconds: u32,
    },
    /// The assistant has no answer; the question is kept, and may be asked again.
    #[error("The assistant could not answer. Try again.")]
    AssistantUnavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The function that was answering died, or was too slow.
    #[error("The answer was interrupted. Try again.")]
    TurnInterrupted,
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
    /// A field of a body in Better Auth's form breaks its rule; its form of the message.
    #[error("[body{}] {detail}", field_path(pointer))]
    InvalidBetterAuthField {
        /// The field as a JSON pointer.
        pointer: String,
        /// What it must be.
        detail: String,
    },
    /// A refusal that Better Auth's client knows by its code.
    #[error("{}", .0.message())]
    BetterAuth(BetterAuthError),
    /// There were too many attempts; how many seconds to wait.
    #[error("Too many requests. Please try again later.")]
    TooManyRequests {
        /// After so many seconds another attempt may be made.
        seconds: u32,
    },
    /// The idempotency key was used with another body.
    #[error("The Idempotency-Key was used with another body.")]
    IdempotencyKeyReused,
    /// The table is busy or broken; nothing was written, or what was written stands whole.
    #[error("The service is not available at the moment. Try again.")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// A fault of ours.
    #[error("Something went wrong.")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

impl Problem {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::MalformedBody(_)
            | Self::InvalidQuery { .. }
            | Self::InvalidHeader { .. }
            | Self::BadCursor
            | Self::InvalidBetterAuthField { .. } => 400,
            Self::Unauthorized(_) | Self::InvalidCredentials => 401,
            Self::ProfileNotFound | Self::ConversationNotFound | Self::InteractionNotFound => 404,
            Self::TurnInProgress | Self::NotLastTurn => 409,
            Self::BodyTooLarge(_) => 413,
            Self::UnsupportedMediaType => 415,
            Self::EmailTaken | Self::InvalidField { .. } | Self::IdempotencyKeyReused => 422,
            Self::BetterAuth(error) => error.status(),
            Self::TooManyRequests { .. } | Self::QuotaExceeded { .. } => 429,
            Self::Unavailable(_) | Self::AssistantUnavailable(_) | Self::TurnInterrupted => 503,
            Self::Internal(_) => 500,
        }
    }

    /// The name that programs tell problems by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MalformedBody(_) => "BAD_REQUEST",
            Self::InvalidQuery { .. } => "INVALID_QUERY",
            Self::InvalidHeader { .. } => "INVALID_HEADER",
            Self::BadCursor => "INVALID_CURSOR",
            Self::Unauthorized(_) => "UNAUTHORIZED",
            Self::InvalidCredentials => "INVALID_EMAIL_OR_PASSWORD",
            Self::ProfileNotFound => "PROFILE_NOT_FOUND",
            Self::ConversationNotFound => "CONVERSATION_NOT_FOUND",
            Self::InteractionNotFound => "INTERACTION_NOT_FOUND",
            Self::TurnInProgress => "TURN_IN_PROGRESS",
            Self::NotLastTurn => "NOT_LAST_TURN",
            Self::QuotaExceeded { .. } => "QUOTA_EXCEEDED",
            Self::AssistantUnavailable(_) => "ASSISTANT_UNAVAILABLE",
            Self::TurnInterrupted => "TURN_INTERRUPTED",
            Self::BodyTooLarge(_) => "BODY_TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::EmailTaken => "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            Self::InvalidField { .. } | Self::InvalidBetterAuthField { .. } => "VALIDATION_ERROR",
            Self::BetterAuth(error) => error.code(),
            Self::TooManyRequests { .. } => "TOO_MANY_REQUESTS",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::Unavailable(_) => "SERVICE_UNAVAILABLE",
            Self::Internal(_) => "INTERNAL_SERVER_ERROR",
        }
    }

    /// The seconds after which to try again, where that helps.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Unavailable(_) | Self::AssistantUnavailable(_) | Self::TurnInterrupted => Some(1),
            Self::TooManyRequests { seconds } | Self::QuotaExceeded { seconds } => Some(*seconds),
            _ => None,
        }
    }

    /// The causes of the problem, for the log. Its own text is left out: that may repeat what the
    /// client sent.
    pub fn causes(&self) -> String {
        let mut causes = Vec::new();
        let mut source = self.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        causes.join(": ")
    }

    /// A field in Better Auth's form that is there, but empty.
    pub fn empty_field(pointer: &str) -> Self {
        let detail = "Too small: expected a text that is not empty".to_owned();
        Self::InvalidBetterAuthField { pointer: pointer.to_owned(), detail }
    }

    /// A background profile in Better Auth's form that has one answer and lacks the other.
    pub fn incomplete_background(pointer: &str) -> Self {
        let detail = "is required, since a background profile has both answers".to_owned();
        Self::InvalidBetterAuthField { pointer: pointer.to_owned(), detail }
    }

    /// Too many attempts: another may be made after `wait`.
    pub fn too_many_requests(wait: Duration) -> Self {
        Self::TooManyRequests { seconds: whole_seconds(wait) }
    }

    /// The day's quota is used up: the next day begins after `wait`.
    pub fn quota_exceeded(wait: Duration) -> Self {
        Self::QuotaExceeded { seconds: whole_seconds(wait) }
    }

    /// A fault of ours.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

/// Rounded up, so that waiting for so long is enough.
fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

/// The field's own name, out of its JSON pointer.
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

/// The failures that mean the same on every route. [`StoreError::NotFound`] does not: which row
/// was meant, the handler says with [`OrNotFound::or_not_found`].
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::SignedOut => Self::Unauthorized(Some(error.into())),
            StoreError::EmailTaken => Self::EmailTaken,
            StoreError::KeyReused => Self::IdempotencyKeyReused,
            StoreError::BadCursor => Self::BadCursor,
            StoreError::Conflict(_) | StoreError::Unavailable(_) => Self::Unavailable(error.into()),
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

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        Self::Unauthorized(Some(error.into()))
    }
}

/// Says which row a store call was about.
pub trait OrNotFound<T> {
    /// The value, or `problem` if the row is not there.
    fn or_not_found(self, problem: Problem) -> Result<T, Problem>;
}

impl<T> OrNotFound<T> for Result<T, StoreError> {
    fn or_not_found(self, problem: Problem) -> Result<T, Problem> {
        self.map_err(|error| match error {
            StoreError::NotFound => problem,
            other => other.into(),
        })
    }
}
