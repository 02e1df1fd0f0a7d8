use super::{InvalidText, no_controls};

text! {
    /// The address of a user's picture, usually a URL: at most 2048 bytes without controls, since
    /// `get-session` sends it in a header. It is never fetched.
    Image, image
}

fn image(text: &str) -> Result<(), InvalidText> {
    if text.len() > 2048 {
        return Err(InvalidText("must have at most 2048 bytes"));
    }
    no_controls(text)
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
