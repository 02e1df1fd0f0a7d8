use super::{InvalidText, no_controls};

/// Maximum size of an address, bytes.
const MAX_ADDRESS: usize = 2048;
/// Maximum size of a picture as a data URL, bytes: what widgets for pictures make of a small one.
const MAX_DATA_URL: usize = 4096;

text! {
    /// A user's picture: its address, at most 2048 bytes without controls, which is never fetched; or
    /// the picture itself as a `data:` URL of at most 4096 bytes.
    Image, image
}

impl Image {
    /// Whether it is the picture itself, and not an address.
    pub fn is_data(&self) -> bool {
        is_data_url(&self.0)
    }
}

fn image(text: &str) -> Result<(), InvalidText> {
    if is_data_url(text) {
        if text.len() > MAX_DATA_URL {
            return Err(InvalidText("must have at most 4096 bytes as a data URL"));
        }
    } else if text.len() > MAX_ADDRESS {
        return Err(InvalidText("must have at most 2048 bytes"));
    }
    no_controls(text)
}

/// Whether a text is a picture as a data URL (RFC 2397) in base64.
fn is_data_url(text: &str) -> bool {
    let Some((head, data)) = text.split_once(',') else { return false };
    let head = head.to_ascii_lowercase();
    let media = head.strip_prefix("data:image/").and_then(|rest| rest.strip_suffix(";base64"));
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
    media.is_some_and(|media| !media.is_empty()) && data.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Image, InvalidText> {
        Image::try_from(text.to_owned())
    }

    #[test]
    fn rules() {
        assert!(of("https://example.com/ada.png").is_ok());
        assert!(of(&"x".repeat(2049)).is_err());
        assert!(of("a\r\nb").is_err());
    }

    #[test]
    fn f14_a_small_picture_may_be_a_data_url() {
        for head in ["data:image/png;base64,", "data:image/svg+xml;charset=utf-8;base64,"] {
            let longest = format!("{head}{}", "A".repeat(4096 - head.len()));
            assert!(of(&longest).is_ok_and(|image| image.is_data()), "{head}");
            assert!(of(&format!("{longest}A")).is_err(), "{head}");
        }
        let html = format!("data:text/html;base64,{}", "A".repeat(3000));
        let plain = format!("data:image/png,{}", "A".repeat(3000));
        let broken = format!("data:image/png;base64,{}\n", "A".repeat(3000));
        for other in [html, plain, broken] {
            assert!(of(&other).is_err(), "{other:.30}");
        }
        assert!(of("https://example.com/data:image/png;base64,AAAA").is_ok_and(|i| !i.is_data()));
    }
}
