//! Which assistant answers, and how long it may take. Only functions that ask one read this.

use std::time::Duration;

use super::{ConfigError, number, optional};

/// The assistant of the environment.
#[derive(Debug, Clone)]
pub struct AssistantConfig {
    /// Which one, and what it needs.
    pub kind: AssistantKind,
    /// How long it may take.
    pub deadlines: Deadlines,
}

/// How long an answer may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Until the first sign of an answer, for each attempt.
    pub first_byte: Duration,
    /// Until the answer is complete, over all attempts.
    pub total: Duration,
}

/// One of the assistants, with what it needs.
#[derive(Debug, Clone)]
pub enum AssistantKind {
    /// Repeats the question, offline.
    Echo {
        /// Whether words of the question make it slow or fail.
        faults: bool,
    },
}

impl AssistantConfig {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            kind: AssistantKind::from_env()?,
            deadlines: Deadlines {
                first_byte: Duration::from_secs(number("ASSISTANT_FIRST_BYTE_SECONDS", 10)?),
                total: Duration::from_secs(number("ASSISTANT_TOTAL_SECONDS", 60)?),
            },
        })
    }
}

impl AssistantKind {
    fn from_env() -> Result<Self, ConfigError> {
        match optional("ASSISTANT")?.as_deref() {
            None | Some("echo") => {
                Ok(Self::Echo { faults: optional("ECHO_FAULTS")?.as_deref() == Some("1") })
            }
            Some(_) => Err(ConfigError::Invalid {
                name: "ASSISTANT",
                rule: "must be echo, openai or bedrock".to_owned(),
            }),
        }
    }
}
