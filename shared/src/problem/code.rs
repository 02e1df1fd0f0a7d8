//! What a program reads of a problem: its status, its code, and when to try again.

use super::Problem;
use super::status::ErrorStatus;
use crate::model::Quota;

impl Problem {
    /// The HTTP status, from 400 on.
    pub fn status(&self) -> u16 {
        self.parts().0.code()
    }

    /// The name by which programs recognise the problem.
    pub fn code(&self) -> &'static str {
        self.parts().1
    }

    /// After how many seconds to try again, where that helps.
    pub fn retry_after(&self) -> Option<u32> {
        self.parts().2
    }

    fn parts(&self) -> (ErrorStatus, &'static str, Option<u32>) {
        use ErrorStatus as Status;
        match self {
            Self::MalformedBody(_) => (Status::BadRequest, "BAD_REQUEST", None),
            Self::InvalidQuery { .. } => (Status::BadRequest, "INVALID_QUERY", None),
            Self::InvalidHeader { .. } => (Status::BadRequest, "INVALID_HEADER", None),
            Self::BadCursor => (Status::BadRequest, "INVALID_CURSOR", None),
            Self::InvalidBetterAuthField { .. } => (Status::BadRequest, "VALIDATION_ERROR", None),
            Self::Unauthorized(_) | Self::HandleAsToken => {
                (Status::Unauthorized, "UNAUTHORIZED", None)
            }
            Self::InvalidCredentials => (Status::Unauthorized, "INVALID_EMAIL_OR_PASSWORD", None),
            Self::ProfileNotFound => (Status::NotFound, "PROFILE_NOT_FOUND", None),
            Self::ConversationNotFound => (Status::NotFound, "CONVERSATION_NOT_FOUND", None),
            Self::MessageNotFound => (Status::NotFound, "MESSAGE_NOT_FOUND", None),
            Self::InteractionNotFound => (Status::NotFound, "INTERACTION_NOT_FOUND", None),
            Self::ReplyNotStored => (Status::Conflict, "REPLY_NOT_STORED", Some(2)),
            Self::TurnInProgress => (Status::Conflict, "TURN_IN_PROGRESS", Some(2)),
            Self::BodyTooLarge(_) => (Status::ContentTooLarge, "BODY_TOO_LARGE", None),
            Self::UnsupportedMediaType => {
                (Status::UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", None)
            }
            Self::EmailTaken => {
                (Status::UnprocessableContent, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", None)
            }
            Self::InvalidField { .. } => (Status::UnprocessableContent, "VALIDATION_ERROR", None),
            Self::IdempotencyKeyReused => {
                (Status::UnprocessableContent, "IDEMPOTENCY_KEY_REUSED", None)
            }
            Self::BetterAuth(error) => (error.status(), error.code(), None),
            Self::OAuth(error) => (error.status(), error.code(), None),
            Self::TooManyRequests { seconds } => {
                (Status::TooManyRequests, "TOO_MANY_REQUESTS", Some(*seconds))
            }
            Self::QuotaExceeded { quota, seconds, .. } => {
                let code = match quota {
                    Quota::User => "QUOTA_EXCEEDED",
                    Quota::Unverified => "UNVERIFIED_QUOTA_EXCEEDED",
                    Quota::Stack => "STACK_QUOTA_EXCEEDED",
                };
                (Status::TooManyRequests, code, Some(*seconds))
            }
            Self::Internal(_) => (Status::InternalServerError, "INTERNAL_SERVER_ERROR", None),
            Self::Unavailable(_) => (Status::ServiceUnavailable, "SERVICE_UNAVAILABLE", Some(1)),
            Self::AssistantUnavailable { seconds, .. } => {
                (Status::ServiceUnavailable, "ASSISTANT_UNAVAILABLE", Some(*seconds))
            }
            Self::TurnInterrupted => (Status::ServiceUnavailable, "TURN_INTERRUPTED", Some(1)),
            Self::JoinEnded => (Status::ServiceUnavailable, "JOIN_ENDED", Some(1)),
        }
    }
}
