use std::error::Error;

use super::Finish;

/// Why there is no answer, or only its beginning. The text is for the log: it names the cause and
/// holds nothing that the user wrote.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// There is no connection, or it failed before an answer began.
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
    /// The answer broke off, or what came is none.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// The model ended without a visible character.
    #[error("the answer is empty; it ended with {0:?}")]
    Empty(Finish),
    /// Nothing had come when the first deadline passed.
    #[error("the assistant sent nothing in time")]
    Silent,
    /// The answer was not complete when the last deadline passed.
    #[error("the answer took too long")]
    TooSlow,
}

impl AssistantError {
    /// Whether trying again before the first piece can help.
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
