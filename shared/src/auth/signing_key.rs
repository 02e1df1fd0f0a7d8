use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use secrecy::{ExposeSecret, SecretString};

use crate::clock::Timestamp;
use crate::digest::sha256;
use crate::model::{KeyId, PublicKey, SealedKey};
use crate::random;

/// The secret under which private keys are sealed: at least 43 characters, 256 bits in base64.
#[derive(Debug, Clone)]
pub struct AuthSecret(SecretString);

/// The secret is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have at least 43 characters")]
pub struct InvalidSecret;

impl TryFrom<String> for AuthSecret {
    type Error = InvalidSecret;

    fn try_from(text: String) -> Result<Self, InvalidSecret> {
        if text.len() >= 43 { Ok(Self(text.into())) } else { Err(InvalidSecret) }
    }
}

impl AuthSecret {
    /// The AES-256-GCM key for private keys.
    fn sealing_key(&self) -> Result<LessSafeKey, SealError> {
        let extracted = self.extracted();
        let expanded = extracted.expand(&[b"signing keys"], &AES_256_GCM).map_err(|_| SealError)?;
        Ok(LessSafeKey::new(UnboundKey::from(expanded)))
    }

    /// The HMAC-SHA-256 key for the codes of mails.
    pub(super) fn code_key(&self) -> Option<hmac::Key> {
        let extracted = self.extracted();
        let expanded = extracted.expand(&[b"one-time codes"], hmac::HMAC_SHA256).ok()?;
        Some(hmac::Key::from(expanded))
    }

    /// What the keys are expanded from, by HKDF-SHA-256 (RFC 5869).
    fn extracted(&self) -> Prk {
        Salt::new(HKDF_SHA256, b"tessera").extract(self.0.expose_secret().as_bytes())
    }
}

/// A private key or a token could not be sealed or opened: it was sealed under another secret, or its item was
/// edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed could not be sealed or opened with this AUTH_SECRET")]
pub struct SealError;

/// A key pair that signs tokens. It can't be printed.
#[derive(Clone)]
pub struct SigningKey {
    /// The public part.
    pub public: PublicKey,
    pkcs8: Vec<u8>,
}

impl SigningKey {
    /// A new random key of the given generation, published at `now`.
    pub fn generate(
        generation: u64,
        now: Timestamp,
        usable_from: Timestamp,
    ) -> Result<Self, SealError> {
        let document =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| SealError)?;
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).map_err(|_| SealError)?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key());
        let kid = thumbprint(&x)?;
        let public = PublicKey { kid, generation, x, created_at: now, usable_from };
        Ok(Self { public, pkcs8: document.as_ref().to_vec() })
    }

    /// Seals the private part; the key's id is bound to it.
    pub fn seal(&self, secret: &AuthSecret) -> Result<SealedKey, SealError> {
        let nonce: [u8; NONCE_LEN] = random::bytes();
        let mut bytes = self.pkcs8.clone();
        let kid = self.public.kid.clone();
        secret
            .sealing_key()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(kid.as_str()),
                &mut bytes,
            )
            .map_err(|_| SealError)?;
        let sealed = URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat());
        Ok(SealedKey { kid, sealed })
    }

    /// Opens a sealed private part with the first secret that fits; returns the index of that secret.
    pub fn open<'a>(
        public: PublicKey,
        sealed: &SealedKey,
        secrets: impl IntoIterator<Item = &'a AuthSecret>,
    ) -> Result<(Self, usize), SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(&sealed.sealed).map_err(|_| SealError)?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        let opened = secrets.into_iter().enumerate().find_map(|(index, secret)| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut buffer = ciphertext.to_vec();
            let aad = Aad::from(public.kid.as_str());
            let plain = secret.sealing_key().ok()?.open_in_place(nonce, aad, &mut buffer).ok()?;
            Some((plain.to_vec(), index))
        });
        let (pkcs8, index) = opened.ok_or(SealError)?;
        Ok((Self { public, pkcs8 }, index))
    }

    /// The private key as PKCS #8, for signing only.
    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl AuthSecret {
    /// The secret, to derive a key from.
    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

/// The JWK thumbprint (RFC 7638) of an Ed25519 public key.
fn thumbprint(x: &str) -> Result<KeyId, SealError> {
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let kid = URL_SAFE_NO_PAD.encode(sha256(&[jwk.as_bytes()]));
    KeyId::try_from(kid).map_err(|_| SealError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(letter: &str) -> AuthSecret {
        AuthSecret::try_from(letter.repeat(43)).unwrap()
    }

    fn key() -> SigningKey {
        let now = Timestamp::from_milliseconds(0);
        SigningKey::generate(1, now, now).unwrap()
    }

    #[test]
    fn a_sealed_key_opens_with_its_secret_only() {
        let key = key();
        let sealed = key.seal(&secret("a")).unwrap();
        let opened = SigningKey::open(key.public.clone(), &sealed, [&secret("b"), &secret("a")]);
        let (opened, secret_used) = opened.unwrap();
        assert_eq!((opened.pkcs8, secret_used), (key.pkcs8.clone(), 1));
        assert!(SigningKey::open(key.public.clone(), &sealed, [&secret("b")]).is_err());
    }

    #[test]
    fn a_sealed_key_is_bound_to_its_id() {
        let (one, other) = (key(), key());
        let sealed = one.seal(&secret("a")).unwrap();
        assert!(SigningKey::open(other.public, &sealed, [&secret("a")]).is_err());
    }

    #[test]
    fn equal_keys_seal_differently_and_short_secrets_are_refused() {
        let key = key();
        let (a, b) = (key.seal(&secret("a")).unwrap(), key.seal(&secret("a")).unwrap());
        assert_ne!(a.sealed, b.sealed);
        assert!(AuthSecret::try_from("a".repeat(42)).is_err());
    }
}
