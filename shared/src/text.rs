//! Text that a user typed, parsed once: a value of these types has passed its rule.

mod content;
mod email;
mod name;
mod password;

pub use content::Content;
pub use email::Email;
pub use name::{Name, Title};
pub use password::Password;

/// Why a text was refused: the end of a sentence that begins with the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidText(pub(crate) &'static str);

/// Whether a text shows nothing: white space, controls and zero-width characters only.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
    })
}

/// Whether a text has at least `least` and at most `most` characters (code points).
fn has_length(text: &str, least: usize, most: usize) -> bool {
    // A character takes at most four bytes: a text too long by far isn't counted.
    text.len() <= most.saturating_mul(4) && (least..=most).contains(&text.chars().count())
}
