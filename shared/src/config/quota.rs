//! What users may use of the assistant on a day.

use super::{ConfigError, number};
use crate::model::{Quota, QuotaUsed, StackQuotaUsed};

/// Quotas of a day, of each user and of the whole stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaConfig {
    /// The quota of a user with a verified address.
    pub user: QuotaLimits,
    /// What a user has of it whose address is not verified; percent.
    pub unverified_percent: u64,
    /// Tokens after which nobody may ask more; `None` is no limit.
    pub stack_tokens: Option<u64>,
    /// What all users have of these tokens together whose address is not verified; percent.
    pub stack_unverified_percent: u64,
}

/// Maximum use of the assistant by a user on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaLimits {
    /// Questions.
    pub messages: u64,
    /// Tokens, read and written.
    pub tokens: u64,
}

impl QuotaLimits {
    /// Whether a user who has used this much may ask no more.
    pub fn are_reached(&self, used: &QuotaUsed) -> bool {
        used.messages >= self.messages || used.tokens >= self.tokens
    }
}

impl QuotaConfig {
    pub(super) fn from_env() -> Result<Self, ConfigError> {
        let stack_tokens = number("QUOTA_STACK_TOKENS_PER_DAY", 10_000_000)?;
        Ok(Self {
            user: QuotaLimits {
                messages: number("QUOTA_MESSAGES_PER_DAY", 200)?,
                tokens: number("QUOTA_TOKENS_PER_DAY", 500_000)?,
            },
            unverified_percent: percent("QUOTA_UNVERIFIED_PERCENT", 100)?,
            stack_tokens: Some(stack_tokens).filter(|tokens| *tokens > 0),
            stack_unverified_percent: percent("QUOTA_STACK_UNVERIFIED_PERCENT", 20)?,
        })
    }

    /// The quota of a user.
    pub fn of_user(&self, is_verified: bool) -> QuotaLimits {
        if is_verified {
            return self.user;
        }
        QuotaLimits {
            messages: share(self.user.messages, self.unverified_percent),
            tokens: share(self.user.tokens, self.unverified_percent),
        }
    }

    /// Which quota is used up when a user has reached [`QuotaConfig::of_user`].
    pub fn of_user_reached(&self, is_verified: bool) -> Quota {
        if self.of_user(is_verified) == self.user { Quota::User } else { Quota::Unverified }
    }

    /// Which quota of the stack forbids a user another question, if one does.
    pub fn stack_reached(&self, used: &StackQuotaUsed, is_verified: bool) -> Option<Quota> {
        let limit = self.stack_tokens?;
        let of_unverified = share(limit, self.stack_unverified_percent);
        if used.tokens >= limit {
            Some(Quota::Stack)
        } else if !is_verified && used.unverified_tokens >= of_unverified {
            Some(Quota::Unverified)
        } else {
            None
        }
    }
}

/// A share of a limit, rounded up: any share above 0 % is at least one.
fn share(limit: u64, percent: u64) -> u64 {
    limit.saturating_mul(percent).div_ceil(100)
}

fn percent(name: &'static str, default: u64) -> Result<u64, ConfigError> {
    let percent = number(name, default)?;
    if percent > 100 {
        let rule = "must be a whole number from 0 to 100".to_owned();
        return Err(ConfigError::Invalid { name, rule });
    }
    Ok(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: QuotaConfig = QuotaConfig {
        user: QuotaLimits { messages: 10, tokens: 1_000 },
        unverified_percent: 25,
        stack_tokens: Some(5_000),
        stack_unverified_percent: 20,
    };

    fn used(tokens: u64, unverified_tokens: u64) -> StackQuotaUsed {
        StackQuotaUsed { tokens, unverified_tokens }
    }

    #[test]
    fn m3_an_unverified_user_has_a_share_of_the_quota() {
        assert_eq!(QUOTA.of_user(true), QuotaLimits { messages: 10, tokens: 1_000 });
        assert_eq!(QUOTA.of_user(false), QuotaLimits { messages: 3, tokens: 250 });
        assert_eq!(QUOTA.of_user_reached(true), Quota::User);
        assert_eq!(QUOTA.of_user_reached(false), Quota::Unverified);
        let alike = QuotaConfig { unverified_percent: 100, ..QUOTA };
        assert_eq!(alike.of_user(false), alike.user);
        assert_eq!(alike.of_user_reached(false), Quota::User);
        let none = QuotaConfig { unverified_percent: 0, ..QUOTA }.of_user(false);
        assert!(none.are_reached(&QuotaUsed::default()), "0 percent is no question at all");
    }

    #[test]
    fn m3_the_stack_has_a_limit_and_unverified_users_a_share_of_it() {
        assert_eq!(QUOTA.stack_reached(&used(4_999, 999), false), None);
        assert_eq!(QUOTA.stack_reached(&used(4_999, 1_000), false), Some(Quota::Unverified));
        assert_eq!(QUOTA.stack_reached(&used(4_999, 1_000), true), None);
        for is_verified in [true, false] {
            let reached = QUOTA.stack_reached(&used(5_000, 5_000), is_verified);
            assert_eq!(reached, Some(Quota::Stack));
        }
        let unlimited = QuotaConfig { stack_tokens: None, ..QUOTA };
        assert_eq!(unlimited.stack_reached(&used(u64::MAX, u64::MAX), false), None);
    }
}
