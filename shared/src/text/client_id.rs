use std::str::FromStr;

use super::{InvalidText, length, no_controls};

text! {
    /// An id that a client gave to a chat or a message: 1 to 128 characters without controls.
    ClientId, client_id
}

fn client_id(text: &str) -> Result<(), InvalidText> {
    length(text, 1, 128, "must have 1 to 128 characters")?;
    no_controls(text)
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
