use std::time::Duration;

/// What a code in a mail may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    /// Signing in, which makes an account for an address that has none.
    SignIn,
    /// Proving the address.
    VerifyEmail,
    /// Choosing a new password.
    ResetPassword,
}

impl CodePurpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SignIn, Self::VerifyEmail, Self::ResetPassword];
    /// How long a code is valid: 5 minutes (NIST SP 800-63B-4 §3.1.3.2: at most 10).
    pub const LIFETIME: Duration = Duration::from_mins(5);
    /// A code that this many wrong ones were compared with is no longer valid.
    pub const MAX_WRONG: u8 = 3;

    /// The name, as keys have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "SIGN_IN",
            Self::VerifyEmail => "VERIFY_EMAIL",
            Self::ResetPassword => "RESET_PASSWORD",
        }
    }
}
