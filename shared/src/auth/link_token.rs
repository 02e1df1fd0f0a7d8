use std::fmt;
use std::str::FromStr;

use crate::digest::sha256_hex;
use crate::id::UserId;
use crate::random;

/// The one-time token of a link in a mail, as `{user_id}.{secret}`. The table has a hash of it only, so
/// that reading the table opens no account. What it may be used for is in the key of that row.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken {
    user_id: UserId,
    secret: String,
}

/// Text that is not a token of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the token of a link")]
pub struct InvalidLinkToken;

/// Letters and digits of the secret: 190 bits.
const SECRET: usize = 32;

impl LinkToken {
    /// A new token of this user.
    pub fn random(user_id: UserId) -> Self {
        Self { user_id, secret: random::alphanumeric::<SECRET>() }
    }

    /// Whose token it claims to be. Only the table knows whether it is.
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// What the table has of it.
    pub fn hash(&self) -> String {
        sha256_hex(&[self.user_id.as_str().as_bytes(), b".", self.secret.as_bytes()])
    }

    /// The token as the link contains it.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.user_id, self.secret)
    }
}

impl FromStr for LinkToken {
    type Err = InvalidLinkToken;

    fn from_str(text: &str) -> Result<Self, InvalidLinkToken> {
        let (user_id, secret) = text.split_once('.').ok_or(InvalidLinkToken)?;
        let user_id = UserId::try_from(user_id.to_owned()).map_err(|_| InvalidLinkToken)?;
        let valid = secret.len() == SECRET && secret.bytes().all(|b| b.is_ascii_alphanumeric());
        if valid { Ok(Self { user_id, secret: secret.to_owned() }) } else { Err(InvalidLinkToken) }
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_survives_its_text_and_is_not_printed() {
        let token = LinkToken::random(UserId::random());
        assert_eq!(token.expose().parse(), Ok(token.clone()));
        assert_eq!(format!("{token:?}"), "LinkToken(…)");
        assert_ne!(token.hash(), LinkToken::random(token.user_id.clone()).hash());
    }

    proptest! {
        #[test]
        fn any_other_text_is_refused(text in "\\PC{0,80}") {
            if let Ok(token) = text.parse::<LinkToken>() {
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
