//! Text that a user typed. A value of one of these types has passed the rule of its type.

/// A type of text that is stored unchanged if `rule` accepts it.
macro_rules! text {
    ($(#[$attribute:meta])* $name:ident, $rule:ident) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::text::InvalidText;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $rule(&text)?;
                Ok(Self(text))
            }
        }
    };
}

mod address_hash;
mod client_id;
mod content;
mod email;
mod html;
mod image;
mod name;
mod origin;
mod password;
mod provider_id;
mod server_url;
mod trusted_origins;

pub use address_hash::AddressHash;
pub use client_id::ClientId;
pub use content::Content;
pub use email::Email;
pub(crate) use html::escape_html;
pub use image::Image;
pub use name::{Name, Title};
pub use origin::{InvalidOrigin, Origin};
pub use password::{InvalidPassword, Password};
pub use provider_id::ProviderId;
pub use server_url::ServerUrl;
pub use trusted_origins::{InvalidTrustedOrigin, TrustedOrigins};

/// Why a text was refused: the end of a sentence that begins with the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidText(pub(crate) &'static str);

/// Refuses a text with fewer than `min` or more than `max` characters (code points).
fn length(text: &str, min: usize, max: usize, rule: &'static str) -> Result<(), InvalidText> {
    // A character has at most four bytes; the characters of a far too long text are not counted.
    let fits = text.len() <= max.saturating_mul(4) && (min..=max).contains(&text.chars().count());
    if fits { Ok(()) } else { Err(InvalidText(rule)) }
}

/// Refuses a text with control characters.
fn no_controls(text: &str) -> Result<(), InvalidText> {
    if text.chars().any(char::is_control) {
        return Err(InvalidText("must not contain control characters"));
    }
    Ok(())
}

/// Refuses a text without a visible character.
fn not_blank(text: &str) -> Result<(), InvalidText> {
    if is_blank(text) { Err(InvalidText("must not be blank")) } else { Ok(()) }
}

/// Whether a text has no visible character, only white space, controls and zero-width characters.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
    })
}
