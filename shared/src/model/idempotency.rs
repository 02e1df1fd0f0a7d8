use std::time::Duration;

/// An `Idempotency-Key` and the fingerprint of the body that it came with. The same key with the
/// same body is the same request again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    key: String,
    body: String,
}

/// A header that is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// How long a key is stored: 24 hours.
    pub const LIFETIME: Duration = Duration::from_hours(24);

    /// Takes the header's text and the bytes of the body.
    pub fn new(header: &str, body: &[u8]) -> Result<Self, InvalidIdempotencyKey> {
        if (1..=255).contains(&header.len()) && header.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self { key: header.to_owned(), body: crate::digest::sha256_hex(&[body]) })
        } else {
            Err(InvalidIdempotencyKey)
        }
    }

    /// The key hashed together with `operation`, for example `append-message/7`. The same key of
    /// another operation gives another hash.
    pub fn within(&self, operation: &str) -> String {
        crate::digest::sha256_hex(&[operation.as_bytes(), b"\0", self.key.as_bytes()])
    }

    /// The fingerprint of the body.
    pub fn body(&self) -> &str {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bounded_and_scoped() {
        assert!(IdempotencyKey::new("", b"").is_err());
        assert!(IdempotencyKey::new("a b", b"").is_err());
        assert!(IdempotencyKey::new("é", b"").is_err());
        assert!(IdempotencyKey::new(&"k".repeat(256), b"").is_err());
        let key = IdempotencyKey::new(&"k".repeat(255), b"{}").unwrap();
        assert_ne!(key.within("append/1"), key.within("append/2"));
        assert_ne!(key.body(), IdempotencyKey::new("k", b"[]").unwrap().body());
    }
}
