use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{InvalidText, length, no_controls};

/// A name that a client gave a chat or a message itself: 1 to 128 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ClientId(String);

impl ClientId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientId {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        length(&text, 1, 128, "must have 1 to 128 characters")?;
        no_controls(&text)?;
        Ok(Self(text))
    }
}

impl FromStr for ClientId {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        text.to_owned().try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_lines() {
        for text in ["a", "0Xy_-/#é%20", &"x".repeat(128)] {
            assert_eq!(text.parse().as_ref().map(ClientId::as_str), Ok(text));
        }
        for text in ["", "a\nb", "\0", &"x".repeat(129)] {
            assert!(text.parse::<ClientId>().is_err(), "{text:?}");
        }
    }
}
