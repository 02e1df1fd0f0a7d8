use serde::{Deserialize, Serialize};

use super::{InvalidText, length, no_controls, not_blank};

/// A user's display name: at most 128 characters without controls; empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

/// A conversation's title: 1 to 200 characters without controls, not blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Title(String);

impl Name {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Title {
    /// The title as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A conversation that was given no title.
impl Default for Title {
    fn default() -> Self {
        Self("New conversation".to_owned())
    }
}

impl TryFrom<String> for Name {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        length(&text, 0, 128, "must have at most 128 characters")?;
        no_controls(&text)?;
        Ok(Self(text))
    }
}

impl TryFrom<String> for Title {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        length(&text, 1, 200, "must have 1 to 200 characters")?;
        no_controls(&text)?;
        not_blank(&text)?;
        Ok(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        assert!(Name::try_from(String::new()).is_ok());
        assert!(Name::try_from("é".repeat(128)).is_ok());
        assert!(Name::try_from("é".repeat(129)).is_err());
        assert!(Name::try_from("a\0b".to_owned()).is_err());
        assert!(Title::try_from("é".repeat(200)).is_ok());
        for text in [String::new(), " ".to_owned(), "a\nb".to_owned(), "é".repeat(201)] {
            assert!(Title::try_from(text.clone()).is_err(), "{text:?}");
        }
    }
}
