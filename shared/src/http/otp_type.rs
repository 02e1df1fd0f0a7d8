use serde::Deserialize;

use super::Request;
use crate::app::CodeAttempt;
use crate::model::CodePurpose;
use crate::problem::{BetterAuthError, Problem};
use crate::text::Email;

/// What a code is for, in the words of Better Auth's client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtpType {
    /// Signing in.
    SignIn,
    /// Proving the address.
    EmailVerification,
    /// Choosing a new password.
    ForgetPassword,
    /// Changing the address, which codes do not do here.
    ChangeEmail,
}

impl OtpType {
    /// The purpose; [`BetterAuthError::InvalidOtpType`] if no code serves it.
    pub fn purpose(self) -> Result<CodePurpose, BetterAuthError> {
        match self {
            Self::SignIn => Ok(CodePurpose::SignIn),
            Self::EmailVerification => Ok(CodePurpose::VerifyEmail),
            Self::ForgetPassword => Ok(CodePurpose::ResetPassword),
            Self::ChangeEmail => Err(BetterAuthError::InvalidOtpType),
        }
    }
}

impl Request {
    /// Somebody enters a code. [`BetterAuthError::InvalidOtp`] for text that is no code.
    pub fn code_attempt(
        &self,
        email: Email,
        purpose: CodePurpose,
        code: &str,
    ) -> Result<CodeAttempt, Problem> {
        let code = code.parse().map_err(|_| BetterAuthError::InvalidOtp)?;
        Ok(CodeAttempt { email, purpose, code, client: self.client() })
    }
}
