use super::{InvalidText, length, not_blank};

text! {
    /// A message's text: 1 to 10,000 characters (code points), not blank.
    Content, content
}

impl Content {
    /// Maximum characters of a message.
    pub const MAX_CHARACTERS: usize = 10_000;
}

fn content(text: &str) -> Result<(), InvalidText> {
    length(text, 1, Content::MAX_CHARACTERS, "must have 1 to 10,000 characters")?;
    not_blank(text)
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
