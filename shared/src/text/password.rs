use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// The commonest passwords of eight characters and more, in lower case, one per line.
const COMMON: &str = include_str!("common-passwords.txt");

/// Why a password may not be chosen: the end of a sentence that begins with the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Fewer than 8 characters.
    #[error("must have 8 to 128 characters")]
    TooShort,
    /// More than 128 characters.
    #[error("must have 8 to 128 characters")]
    TooLong,
    /// Attackers try it first.
    #[error("is among the commonest passwords; choose another")]
    TooCommon,
}

/// A password. A new one must have 8 to 128 characters after NFC (NIST SP 800-63B-4 §3.1.1.2) and not
/// be one of the commonest. It can't be printed.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Password(SecretString);

/// Characters (code points) of a new password.
const MIN_CHARACTERS: usize = 8;
const MAX_CHARACTERS: usize = 128;

impl Password {
    /// Takes any text as the password of a sign-in attempt, where the rules for a new password
    /// don't apply. A text of more than 4,096 bytes counts as empty.
    pub fn attempt(text: &str) -> Self {
        let text = if text.len() <= 4096 { text } else { "" };
        Self(text.nfc().collect::<String>().into())
    }

    /// The same, but an error for a text that is longer than any valid password.
    pub fn attempt_within_limits(text: &str) -> Result<Self, InvalidPassword> {
        if is_too_long(text) { Err(InvalidPassword::TooLong) } else { Ok(Self::attempt(text)) }
    }

    /// The password's bytes, only for hashing.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    /// The password in the form NFKC, which Better Auth hashes.
    pub(crate) fn nfkc(&self) -> SecretString {
        self.0.expose_secret().nfkc().collect::<String>().into()
    }
}

fn is_too_long(text: &str) -> bool {
    // The characters of a far too long text are not counted.
    text.len() > 4096 || text.nfc().count() > MAX_CHARACTERS
}

impl TryFrom<String> for Password {
    type Error = InvalidPassword;

    fn try_from(text: String) -> Result<Self, InvalidPassword> {
        if is_too_long(&text) {
            return Err(InvalidPassword::TooLong);
        }
        let password = Self::attempt(&text);
        let text = password.0.expose_secret();
        if text.chars().count() < MIN_CHARACTERS {
            Err(InvalidPassword::TooShort)
        } else if is_common(text) {
            Err(InvalidPassword::TooCommon)
        } else {
            Ok(password)
        }
    }
}

fn is_common(password: &str) -> bool {
    let folded = password.to_lowercase();
    COMMON.lines().any(|common| common == folded)
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Password, InvalidPassword> {
        Password::try_from(text.to_owned())
    }

    #[test]
    fn length_counts_characters_after_nfc() {
        assert!(parse("a-b-c-d").is_err());
        assert!(parse(&"é".repeat(128)).is_ok());
        assert!(parse(&"e\u{301}".repeat(128)).is_ok());
        assert!(parse(&"é".repeat(129)).is_err());
        assert_eq!(parse(&"e\u{301}".repeat(8)).unwrap().bytes(), "é".repeat(8).as_bytes());
    }

    #[test]
    fn no_composition_rules_but_common_ones_are_refused() {
        assert!(parse("justlowercaseletters").is_ok());
        assert!(parse("🦀🦀🦀🦀🦀🦀🦀🦀").is_ok());
        assert!(parse(" trailing ").is_ok());
        for common in ["password", "PASSWORD", "12345678", "iloveyou1"] {
            assert!(parse(common).is_err(), "{common}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", parse("correct horse").unwrap()), "Password(…)");
    }
}
