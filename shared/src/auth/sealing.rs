//! The tokens of providers as the table has them: AES-256-GCM under a key that comes from `AUTH_SECRET`,
//! and that no signing key is sealed with.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use super::signing_key::{AuthSecret, SealError};
use crate::random;

/// Seals tokens. They can be opened only together with `owner`, the text that names their row.
pub fn seal_tokens(secret: &AuthSecret, owner: &str, plain: &str) -> Result<String, SealError> {
    let nonce: [u8; NONCE_LEN] = random::bytes();
    let mut bytes = plain.as_bytes().to_vec();
    let unique = Nonce::assume_unique_for_key(nonce);
    let sealed = key(secret)?.seal_in_place_append_tag(unique, Aad::from(owner), &mut bytes);
    sealed.map_err(|_| SealError)?;
    Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
}

/// Opens tokens that were sealed for this owner, with the first secret that fits.
pub fn open_tokens<'a>(
    secrets: impl IntoIterator<Item = &'a AuthSecret>,
    owner: &str,
    sealed: &str,
) -> Result<String, SealError> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealError)?;
    let (nonce, ciphertext) = bytes.split_at_checked(NONCE_LEN).ok_or(SealError)?;
    let opened = secrets.into_iter().find_map(|secret| {
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut buffer = ciphertext.to_vec();
        let plain = key(secret).ok()?.open_in_place(nonce, Aad::from(owner), &mut buffer).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    });
    opened.ok_or(SealError)
}

/// The key, by HKDF-SHA-256 (RFC 5869).
fn key(secret: &AuthSecret) -> Result<LessSafeKey, SealError> {
    let extracted = Salt::new(HKDF_SHA256, b"tessera").extract(secret.expose());
    let expanded = extracted.expand(&[b"provider tokens"], &AES_256_GCM).map_err(|_| SealError)?;
    Ok(LessSafeKey::new(UnboundKey::from(expanded)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret(letter: &str) -> AuthSecret {
        AuthSecret::try_from(letter.repeat(43)).unwrap()
    }

    proptest! {
        #[test]
        fn tokens_open_for_their_row_and_secret_only(plain: String, owner: String) {
            let (new, old) = (secret("a"), secret("b"));
            let sealed = seal_tokens(&old, &owner, &plain).unwrap();
            let both = [&new, &old];
            prop_assert_eq!(open_tokens(both, &owner, &sealed), Ok(plain.clone()));
            prop_assert_ne!(&seal_tokens(&old, &owner, &plain).unwrap(), &sealed);
            let other = format!("{owner}x");
            prop_assert!(open_tokens(both, &other, &sealed).is_err());
            prop_assert!(open_tokens([&new], &owner, &sealed).is_err());
            prop_assert!(open_tokens(both, &owner, &sealed[1..]).is_err());
        }
    }
}
