use std::fmt;
use std::str::FromStr;

use crate::digest::sha256_hex;
use crate::id::UserId;
use crate::random;
use crate::text::AddressHash;

/// The one-time token of a link in a mail, as `{owner}.{secret}`. The table has a hash of it only, so
/// that reading the table opens no account. What it may be used for is in the key of that row.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeToken<O> {
    owner: O,
    secret: String,
}

/// The token of a link for a user.
pub type LinkToken = OneTimeToken<UserId>;

/// The token of a link that signs in with an address, which may have no account yet.
pub type SignInToken = OneTimeToken<AddressHash>;

/// Text that is not a token of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the token of a link")]
pub struct InvalidLinkToken;

/// Letters and digits of the secret: 190 bits.
const SECRET: usize = 32;

impl<O: fmt::Display> OneTimeToken<O> {
    /// A new token of this owner.
    pub fn random(owner: O) -> Self {
        Self { owner, secret: random::alphanumeric::<SECRET>() }
    }

    /// Whose token it claims to be. Only the table knows whether it is.
    pub fn owner(&self) -> &O {
        &self.owner
    }

    /// What the table has of it.
    pub fn hash(&self) -> String {
        sha256_hex(&[self.owner.to_string().as_bytes(), b".", self.secret.as_bytes()])
    }

    /// The token as the link contains it.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.owner, self.secret)
    }
}

impl<O: TryFrom<String>> FromStr for OneTimeToken<O> {
    type Err = InvalidLinkToken;

    fn from_str(text: &str) -> Result<Self, InvalidLinkToken> {
        let (owner, secret) = text.split_once('.').ok_or(InvalidLinkToken)?;
        let owner = O::try_from(owner.to_owned()).map_err(|_| InvalidLinkToken)?;
        let valid = secret.len() == SECRET && secret.bytes().all(|b| b.is_ascii_alphanumeric());
        if valid { Ok(Self { owner, secret: secret.to_owned() }) } else { Err(InvalidLinkToken) }
    }
}

impl<O> fmt::Debug for OneTimeToken<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Email;
    use proptest::prelude::*;

    #[test]
    fn a_token_survives_its_text_and_is_not_printed() {
        let token = LinkToken::random(UserId::random());
        assert_eq!(token.expose().parse(), Ok(token.clone()));
        assert_eq!(format!("{token:?}"), "OneTimeToken(…)");
        assert_ne!(token.hash(), LinkToken::random(token.owner.clone()).hash());
        let address = Email::try_from("ada@example.com".to_owned()).unwrap().hash();
        let token = SignInToken::random(address);
        assert_eq!(token.expose().parse(), Ok(token.clone()));
        assert!(token.expose().parse::<LinkToken>().is_err());
    }

    proptest! {
        #[test]
        fn any_other_text_is_refused(text in "\\PC{0,80}") {
            if let Ok(token) = text.parse::<LinkToken>() {
                prop_assert_eq!(token.expose(), text.as_str());
            }
            if let Ok(token) = text.parse::<SignInToken>() {
                prop_assert_eq!(token.expose(), text);
            }
        }

        #[test]
        fn a_part_of_a_token_is_none(cut in 0_usize..65) {
            let text = LinkToken::random(UserId::random()).expose();
            prop_assert!(text[..cut].parse::<LinkToken>().is_err());
            let longer = format!("{text}a").parse::<LinkToken>();
            prop_assert!(longer.is_err());
        }
    }
}
