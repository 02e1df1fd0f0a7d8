use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::digest::sha256;
use crate::random;
use crate::text::InvalidText;

/// The proof that who redeems a code is who asked for it (RFC 7636): 43 characters, base64url of 32 random
/// bytes. It can't be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier(String);

/// Characters of a verifier.
const LENGTH: usize = 43;

impl Verifier {
    /// A new one.
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random::bytes::<32>()))
    }

    /// What the provider gets beforehand: base64url of the SHA-256 (`S256`, RFC 7636, section 4.2).
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(sha256(&[self.0.as_bytes()]))
    }

    /// The text, to be stored and to be sent to the provider.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Verifier {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.len() == LENGTH && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidText("must be 43 characters of base64url"))
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_hash_of_the_text() {
        // As `printf a… | openssl dgst -sha256 -binary | basenc --base64url` says of 43 times `a`.
        let verifier: Verifier = "a".repeat(43).parse().unwrap();
        assert_eq!(verifier.challenge(), "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA");
    }

    #[test]
    fn verifiers_differ_survive_their_text_and_are_not_printed() {
        let verifier = Verifier::random();
        assert_ne!(verifier, Verifier::random());
        assert_eq!(verifier.expose().parse(), Ok(verifier.clone()));
        assert_eq!(format!("{verifier:?}"), "Verifier(…)");
        for text in ["", "short", &"a".repeat(44), &format!("{}.", "a".repeat(42))] {
            assert!(text.parse::<Verifier>().is_err(), "{text}");
        }
    }
}
