use std::fmt;
use std::str::FromStr;

use super::InvalidText;

text! {
    /// The name of a provider that users sign in with: 1 to 32 of `[a-z0-9-]`. `credential` is none:
    /// Better Auth's clients know the account with a password by it.
    #[derive(Hash)]
    ProviderId, provider_id
}

impl ProviderId {
    /// The rule, as the end of a sentence that begins with the field's name.
    pub(crate) const RULE: &str = "must be 1 to 32 of a-z, 0-9 and -, and not credential";
}

fn provider_id(text: &str) -> Result<(), InvalidText> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let fits = (1..=32).contains(&text.len()) && text.bytes().all(allowed);
    if fits && text != "credential" { Ok(()) } else { Err(InvalidText(ProviderId::RULE)) }
}

impl FromStr for ProviderId {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_words() {
        for text in ["google", "github", "a", "my-idp-2", &"x".repeat(32)] {
            assert_eq!(text.parse::<ProviderId>().map(|id| id.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "credential", "Google", "a_b", "a/b", "a#b", "é", &"x".repeat(33)] {
            assert!(text.parse::<ProviderId>().is_err(), "{text:?}");
        }
    }
}
