//! Text that a user typed, parsed once: a value of these types has passed its rule.

mod client_id;
mod content;
mod email;
mod image;
mod name;
mod origin;
mod password;

pub use client_id::ClientId;
pub use content::Content;
pub use email::Email;
pub use image::Image;
pub use name::{Name, Title};
pub use origin::{InvalidOrigin, Origin};
pub use password::{InvalidPassword, Password};

/// Why a text was refused: the end of a sentence that begins with the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidText(pub(crate) &'static str);

/// Refuses a text that has not `least` to `most` characters (code points).
fn length(
    text: &str,
    least: usize,
    most: usize,
    otherwise: &'static str,
) -> Result<(), InvalidText> {
    // A character takes at most four bytes: a text too long by far isn't counted.
    let fits =
        text.len() <= most.saturating_mul(4) && (least..=most).contains(&text.chars().count());
    if fits { Ok(()) } else { Err(InvalidText(otherwise)) }
}

/// Refuses a text with control characters.
fn no_controls(text: &str) -> Result<(), InvalidText> {
    if text.chars().any(char::is_control) {
        return Err(InvalidText("must not contain control characters"));
    }
    Ok(())
}

/// Refuses a text that shows nothing.
fn not_blank(text: &str) -> Result<(), InvalidText> {
    if is_blank(text) { Err(InvalidText("must not be blank")) } else { Ok(()) }
}

/// Whether a text shows nothing: white space, controls and zero-width characters only.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
    })
}
