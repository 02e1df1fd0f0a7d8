use std::fmt;

use super::{Email, InvalidText};
use crate::digest::sha256_hex;

/// SHA-256 of an e-mail address, as 64 hexadecimal digits. Keys and links have it in the address's place,
/// since they appear in logs and in the histories of browsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressHash(String);

impl Email {
    /// The hash of the address.
    pub fn hash(&self) -> AddressHash {
        AddressHash(sha256_hex(&[self.as_str().as_bytes()]))
    }
}

impl TryFrom<String> for AddressHash {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let valid = text.len() == 64 && text.bytes().all(is_digit);
        if valid { Ok(Self(text)) } else { Err(InvalidText("must be a hash")) }
    }
}

impl fmt::Display for AddressHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
