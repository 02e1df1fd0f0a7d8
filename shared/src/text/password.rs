use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::{InvalidText, length};

/// The commonest passwords of eight characters and more, in lower case, one a line.
const COMMON: &str = include_str!("common-passwords.txt");

/// A password that may be chosen: 8 to 128 characters after NFC (NIST SP 800-63B-4 §3.1.1.2),
/// and none of the commonest. It can't be printed.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Password(SecretString);

impl Password {
    /// Takes any text as the password of a sign-in attempt, where the rules for a new password
    /// don't apply. A text of more than 4,096 bytes stands for no password at all.
    pub fn attempt(text: &str) -> Self {
        let text = if text.len() <= 4096 { text } else { "" };
        Self(text.nfc().collect::<String>().into())
    }

    /// The password's bytes, for the hash alone.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

impl TryFrom<String> for Password {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        let password = Self::attempt(&text);
        let text = password.0.expose_secret();
        length(text, 8, 128, "must have 8 to 128 characters")?;
        if is_common(text) {
            Err(InvalidText("is among the commonest passwords; choose another"))
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

    fn parse(text: &str) -> Result<Password, InvalidText> {
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
