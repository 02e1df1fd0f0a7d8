use serde::{Deserialize, Serialize};

use super::{InvalidText, no_controls};

/// Where a user's picture is, most often a URL: at most 2048 bytes without controls, since it is in
/// a header of `get-session`. It is stored and shown, never fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Image(String);

impl Image {
    /// The image's address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Image {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        if text.len() > 2048 {
            return Err(InvalidText("must have at most 2048 bytes"));
        }
        no_controls(&text)?;
        Ok(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        assert!(Image::try_from("https://example.com/ada.png".to_owned()).is_ok());
        assert!(Image::try_from("x".repeat(2049)).is_err());
        assert!(Image::try_from("a\r\nb".to_owned()).is_err());
    }
}
