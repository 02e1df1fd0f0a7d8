use serde::{Deserialize, Serialize};

/// What a user has used of a day's quota.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaUsed {
    /// Questions.
    #[serde(default)]
    pub messages: u64,
    /// Tokens read and written, and those that are reserved for replies that are not complete.
    #[serde(default)]
    pub tokens: u64,
}

/// What all users of the stack have used together on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackQuotaUsed {
    /// Tokens read and written.
    #[serde(default)]
    pub tokens: u64,
    /// Those of users whose address is not verified.
    #[serde(default)]
    pub unverified_tokens: u64,
}

/// What remains of a user's quota today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaRemaining {
    /// Questions.
    pub messages: u64,
    /// Tokens.
    pub tokens: u64,
}

/// Whose quota of a day is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// The user's own.
    User,
    /// What a user, or all users together, may use while their address is not verified.
    Unverified,
    /// That of the whole stack.
    Stack,
}
