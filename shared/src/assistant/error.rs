use std::error::Error;

use super::Finish;

/// Why there is no reply, or only its beginning. The text is for the log: it names the cause and
/// contains nothing that the user wrote.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// There is no connection, or it failed before a reply began.
    #[error("the assistant can't be reached: {0}")]
    Unreachable(String),
    /// The provider asks for fewer requests.
    #[error("the assistant is too busy: {0}")]
    Busy(String),
    /// The provider failed.
    #[error("the assistant failed: {0}")]
    Failed(String),
    /// The provider refuses the request: its key, its model or its form.
    #[error("the assistant refused the request: {0}")]
    Refused(String),
    /// The reply broke off, or the data is not a reply.
    #[error("the reply broke off: {0}")]
    Broken(String),
    /// The model ended without a visible character.
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
    /// Whether a retry before the first delta can help.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_)
            | Self::Busy(_)
            | Self::Failed(_)
            | Self::Broken(_)
            | Self::Silent => true,
            Self::Empty(finish) => matches!(finish, Finish::Stop | Finish::Other),
            Self::Refused(_) | Self::TooSlow => false,
        }
    }
}

/// An error and its causes on one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
