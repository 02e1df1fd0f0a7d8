use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::AuthSecret;
use crate::random;

/// Digits of a code: as few as NIST SP 800-63B-4 §3.1.3.2 allows.
const DIGITS: usize = 6;

/// The one-time code that a mail tells: six digits. The table has an HMAC of it, since anybody can try
/// the hashes of a million codes: reading the table must open no account.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

/// Text that is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a code of six digits")]
pub struct InvalidCode;

impl Code {
    /// A new random code.
    pub fn random() -> Self {
        Self(random::digits::<DIGITS>())
    }

    /// The digits, for the mail.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the table has of a code: its HMAC-SHA-256, together with what it is `bound` to.
    pub fn seal(&self, secret: &AuthSecret, bound: &[&str]) -> Option<String> {
        let tag = hmac::sign(&secret.code_key()?, &self.text(bound));
        Some(URL_SAFE_NO_PAD.encode(tag))
    }

    /// Whether it is the code that was sealed under one of the secrets. Takes the same time for every
    /// code.
    pub fn is(&self, sealed: &str, secrets: &[AuthSecret], bound: &[&str]) -> bool {
        let Ok(tag) = URL_SAFE_NO_PAD.decode(sealed) else { return false };
        let text = self.text(bound);
        let mut keys = secrets.iter().filter_map(AuthSecret::code_key);
        keys.any(|key| hmac::verify(&key, &text, &tag).is_ok())
    }

    fn text(&self, bound: &[&str]) -> Vec<u8> {
        let parts = bound.iter().copied().chain([self.0.as_str()]);
        parts.collect::<Vec<_>>().join("\n").into_bytes()
    }
}

/// Takes what a person types or pastes: spaces do not count.
impl FromStr for Code {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let valid = digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        if valid { Ok(Self(digits)) } else { Err(InvalidCode) }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret(letter: &str) -> AuthSecret {
        AuthSecret::try_from(letter.repeat(43)).unwrap()
    }

    #[test]
    fn a_code_is_found_under_either_secret_and_only_where_it_is_bound() {
        let (old, new) = (secret("a"), secret("b"));
        let code: Code = " 012 345\n".parse().unwrap();
        let sealed = code.seal(&old, &["SIGN_IN", "ada"]).unwrap();
        assert!(code.is(&sealed, &[new.clone(), old.clone()], &["SIGN_IN", "ada"]));
        assert!(!code.is(&sealed, std::slice::from_ref(&new), &["SIGN_IN", "ada"]));
        assert!(!code.is(&sealed, std::slice::from_ref(&old), &["SIGN_IN", "eve"]));
        assert!(!code.is(&sealed, &[], &["SIGN_IN", "ada"]));
        let other: Code = "012346".parse().unwrap();
        assert!(!other.is(&sealed, &[old], &["SIGN_IN", "ada"]));
        assert_eq!(format!("{code:?}"), "Code(…)");
        assert!(!sealed.contains(code.expose()));
    }

    #[test]
    fn every_digit_comes_at_every_place() {
        let codes: Vec<Code> = (0..1000).map(|_| Code::random()).collect();
        for place in 0..DIGITS {
            let mut digits: Vec<u8> = codes.iter().map(|code| code.0.as_bytes()[place]).collect();
            digits.sort_unstable();
            digits.dedup();
            assert_eq!(digits, b"0123456789");
        }
    }

    proptest! {
        #[test]
        fn other_text_is_no_code(text in "\\PC{0,9}") {
            let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let is_code = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit());
            prop_assert_eq!(text.parse::<Code>().is_ok(), is_code);
        }
    }
}
