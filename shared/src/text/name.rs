use super::{InvalidText, length, no_controls, not_blank};

text! {
    /// A user's display name: at most 128 characters without controls; empty by default.
    #[derive(Default)]
    Name, name
}

text! {
    /// A conversation's title: 1 to 200 characters without controls, not blank.
    Title, title
}

/// The title of a conversation that was made without one.
impl Default for Title {
    fn default() -> Self {
        Self("New conversation".to_owned())
    }
}

fn name(text: &str) -> Result<(), InvalidText> {
    length(text, 0, 128, "must have at most 128 characters")?;
    no_controls(text)
}

fn title(text: &str) -> Result<(), InvalidText> {
    length(text, 1, 200, "must have 1 to 200 characters")?;
    no_controls(text)?;
    not_blank(text)
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
