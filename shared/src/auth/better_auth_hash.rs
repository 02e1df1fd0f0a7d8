//! Hashes that Better Auth made: `{salt}:{key}` in hexadecimal, by scrypt. The parameters are fixed,
//! so no stored text can choose the cost of a comparison. We verify these hashes and never write
//! them.

use argon2::password_hash::phc::Output;
use scrypt::Params;
use secrecy::ExposeSecret;

use crate::text::Password;

const LOG_N: u8 = 14;
const R: u32 = 16;
const P: u32 = 1;
const SALT_DIGITS: usize = 32;
const KEY_BYTES: usize = 64;

/// Whether a stored hash has this form.
pub(super) fn is(stored: &str) -> bool {
    split(stored).is_some()
}

/// Whether the hash is that of the password; `None` if the hash has another form. The salt is the
/// hexadecimal text itself, not the bytes that it encodes.
pub(super) fn matches(stored: &str, password: &Password) -> Option<bool> {
    let (salt, key) = split(stored)?;
    let mut computed = [0; KEY_BYTES];
    let params = Params::new(LOG_N, R, P).ok()?;
    let password = password.nfkc();
    scrypt::scrypt(password.expose_secret().as_bytes(), salt.as_bytes(), &params, &mut computed)
        .ok()?;
    // `Output` compares in constant time.
    Some(Output::new(&key).ok()? == Output::new(&computed).ok()?)
}

fn split(stored: &str) -> Option<(&str, [u8; KEY_BYTES])> {
    let (salt, key) = stored.split_once(':')?;
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    if salt.len() != SALT_DIGITS || key.len() != 2 * KEY_BYTES || !is_hex(salt) || !is_hex(key) {
        return None;
    }
    let mut bytes = [0; KEY_BYTES];
    for (byte, digits) in bytes.iter_mut().zip(key.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some((salt, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Node: `scryptSync("caf\u00e9 \ufb01ne", salt, 64, {N: 16384, r: 16, p: 1})` of the
    /// password in NFKC.
    const STORED: &str = include_str!("better-auth-hash.txt");

    #[test]
    fn check_34_a_hash_of_better_auth_verifies() {
        let stored = STORED.trim();
        assert!(is(stored));
        for right in ["caf\u{e9} \u{fb01}ne", "cafe\u{301} fine"] {
            assert_eq!(matches(stored, &Password::attempt(right)), Some(true), "{right}");
        }
        assert_eq!(matches(stored, &Password::attempt("caf\u{e9} wine")), Some(false));
    }

    #[test]
    fn other_forms_are_none() {
        let stored = STORED.trim();
        for text in ["", ":", "$2b$10$abc", stored.get(1..).unwrap(), &format!("{stored}0")] {
            assert!(!is(text), "{text}");
        }
        assert!(!is(&stored.replace(':', ";")));
    }
}
