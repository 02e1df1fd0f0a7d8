use serde::Deserialize;

use crate::model::CodePurpose;
use crate::problem::BetterAuthError;

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
