use std::time::Duration;

use super::{Finish, Usage};

/// A reply that failed, before its first delta or after it. The text is that of the error.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct ReplyFailure {
    /// Why.
    pub error: AssistantError,
    /// The tokens that it took all the same; `None` if nothing can be billed. If the provider did
    /// not count them, they are estimated.
    pub usage: Option<Usage>,
}

impl ReplyFailure {
    /// How long the provider asks us to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.error.retry_after()
    }
}

/// Why there is no reply, or only its beginning. The text is for the log: it names the cause and
/// contains nothing that the user wrote.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// There is no connection, or it failed before a reply began.
    #[error("the assistant can't be reached: {0}")]
    Unreachable(String),
    /// The provider asks for fewer requests.
    #[error("the assistant is too busy: {cause}")]
    Busy {
        /// What it says.
        cause: String,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The provider failed.
    #[error("the assistant failed: {0}")]
    Failed(String),
    /// The provider refuses the request: its key, its model or its form.
    #[error("the assistant refused the request: {0}")]
    Refused(String),
    /// The reply broke off, or the data is not a reply.
    #[error("the reply broke off: {0}")]
    Broken(String),
    /// The model ended without a visible character. What it did is billed.
    #[error("the reply is empty; it ended with {0:?}")]
    Empty(Finish),
    /// The first deadline passed, and nothing had come.
    #[error("the assistant sent nothing in time")]
    Silent,
    /// The last deadline passed, and the reply was not complete.
    #[error("the reply took too long")]
    TooSlow,
}

impl AssistantError {
    /// Whether a retry can help, if nothing was billed.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Busy { .. } | Self::Failed(_))
    }

    /// The same error with the pause that the provider asks for.
    pub(super) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        if let Self::Busy { retry_after, .. } = &mut self {
            *retry_after = wait;
        }
        self
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
