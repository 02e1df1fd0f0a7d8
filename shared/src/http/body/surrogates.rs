//! Halves of characters. JavaScript cuts a text between the two UTF-16 units of an emoji, and writes
//! the half that is left as an escape that names no character (RFC 8259 §8.2).

use std::borrow::Cow;

/// An escape such as `\ud83d`; bytes.
const ESCAPE: usize = 6;

/// The same JSON with `\ufffd` in place of each escape that names half of a character.
pub(super) fn replaced(json: &[u8]) -> Cow<'_, [u8]> {
    let mut whole = Cow::Borrowed(json);
    let mut at = 0;
    while let Some(next) = json.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\\')) {
        at += next;
        match (unit(json, at), unit(json, at + ESCAPE)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 2 * ESCAPE,
            (Some(0xd800..=0xdfff), _) => {
                if let Some(digits) = whole.to_mut().get_mut(at + 2..at + ESCAPE) {
                    digits.copy_from_slice(b"fffd");
                }
                at += ESCAPE;
            }
            // Any other escape, such as `\\`, is passed with the byte after it.
            _ => at += 2,
        }
    }
    whole
}

/// The UTF-16 unit that an escape at this place names.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let escape = json.get(at..at + ESCAPE)?;
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
    // `from_str_radix` would take a sign.
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex { u16::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        serde_json::from_slice(&replaced(json.as_bytes())).unwrap()
    }

    #[test]
    fn c3_half_of_a_character_becomes_one_that_says_so() {
        for (json, expected) in [
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\uDE00b""#, "\u{fffd}b"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\\ud83d""#, r"\ud83d"),
            (r#""\\\ud83d""#, "\\\u{fffd}"),
            (r#""\u0041é""#, "Aé"),
        ] {
            assert_eq!(text(json), expected, "{json}");
        }
    }

    #[test]
    fn what_names_no_half_stays_as_it_is() {
        for json in [r#""\u+d83""#, r#""\ud83"#, r#""\"#, r#""\u"#, r"\\\", "", r#""\x""#] {
            assert_eq!(*replaced(json.as_bytes()), *json.as_bytes(), "{json}");
        }
    }
}
