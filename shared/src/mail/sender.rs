use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Maximum bytes of a name in one encoded word, which has 75 characters at most (RFC 2047, section 2).
const MAX_WORD: usize = 45;

/// The address that a mail comes from, with the product's name before it (RFC 5322, section 3.4).
pub(super) fn from(product: &str, address: &str) -> String {
    let is_plain = |c: char| c.is_ascii() && !c.is_ascii_control() && !"\"\\".contains(c);
    if product.chars().all(is_plain) {
        return format!("\"{product}\" <{address}>");
    }
    let mut words = vec![String::new()];
    for c in product.chars().filter(|c| !c.is_control()) {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= MAX_WORD => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let encoded = words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word)));
    format!("{} <{address}>", encoded.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_quoted_and_one_beyond_ascii_is_encoded() {
        let from = |name: &str| from(name, "mail@example.com");
        assert_eq!(from("Tessera, Inc."), "\"Tessera, Inc.\" <mail@example.com>");
        assert_eq!(from("Cafe\u{301}"), "=?UTF-8?B?Q2FmZcyB?= <mail@example.com>");
        assert_eq!(from("a\" <b@c.de>"), "=?UTF-8?B?YSIgPGJAYy5kZT4=?= <mail@example.com>");
        let long = from(&"é".repeat(40));
        assert_eq!(long.matches("=?UTF-8?B?").count(), 2);
        assert!(long.split(' ').all(|word| word.len() <= 75), "{long}");
    }

    proptest! {
        #[test]
        fn no_name_begins_another_header(name in any::<String>()) {
            let from = from(&name, "mail@example.com");
            prop_assert!(from.is_ascii() && !from.contains(['\r', '\n']));
            prop_assert!(from.ends_with(" <mail@example.com>"));
        }
    }
}
