use serde::{Deserialize, Serialize};

use super::{InvalidText, length, not_blank};

/// A message's text: 1 to 10,000 characters (code points), not blank. It is stored as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Content(String);

impl Content {
    /// The most characters that a message may have.
    pub const MAX_CHARACTERS: usize = 10_000;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Content {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        length(&text, 1, Self::MAX_CHARACTERS, "must have 1 to 10,000 characters")?;
        not_blank(&text)?;
        Ok(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_code_points() {
        for unit in ["a", "🦀", "e\u{301}"] {
            let most = unit.repeat(10_000 / unit.chars().count());
            assert!(Content::try_from(most.clone()).is_ok(), "{unit}");
            assert!(Content::try_from(most + "x").is_err(), "{unit}");
        }
    }

    #[test]
    fn blank_is_refused() {
        for text in ["", " ", "\n\t", "\u{200b}", "\u{3000}", "\u{feff}\u{2060} \0"] {
            assert!(Content::try_from(text.to_owned()).is_err(), "{text:?}");
        }
        assert!(Content::try_from("\u{200b}a\n".to_owned()).is_ok());
    }
}
