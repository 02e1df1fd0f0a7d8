//! SHA-256, as hexadecimal text.

use std::fmt::Write;

use ring::digest::{Context, Digest, SHA256};

/// SHA-256 of the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    context.finish()
}

/// SHA-256 of the parts as 64 hexadecimal digits.
pub(crate) fn sha256_hex(parts: &[&[u8]]) -> String {
    sha256(parts).as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
