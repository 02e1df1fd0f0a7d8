//! Signatures by ring for jsonwebtoken, whose own providers would bring a second crypto library. We sign with
//! Ed25519 only; the other algorithms are those in which providers sign ID tokens.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::error::Unspecified;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, Ed25519KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory, verifier_factory, key_utils: KeyUtils::new_unimplemented() };

/// Makes ring the crypto of jsonwebtoken; calling it again does nothing.
pub(crate) fn install() {
    // A second call finds the same provider installed.
    let _ = PROVIDER.install_default();
}

struct RingSigner(Ed25519KeyPair);

/// A public key, and the one algorithm that it verifies.
struct RingVerifier {
    algorithm: Algorithm,
    key: DecodingKeyKind,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the provider's field has this type")]
fn signer_factory(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    if *algorithm != Algorithm::EdDSA {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    let pair =
        Ed25519KeyPair::from_pkcs8(key.as_bytes()).map_err(|_| ErrorKind::InvalidEddsaKey)?;
    Ok(Box::new(RingSigner(pair)))
}

/// The key's own family decides, so that no header chooses the algorithm (RFC 8725, section 3.1).
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the provider's field has this type")]
fn verifier_factory(
    algorithm: &Algorithm,
    key: &DecodingKey,
) -> Result<Box<dyn JwtVerifier>, Error> {
    let known = [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256].contains(algorithm);
    if !known || key.family() != algorithm.family() {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Ok(Box::new(RingVerifier { algorithm: *algorithm, key: key.kind().clone() }))
}

impl Signer<Vec<u8>> for RingSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for RingSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match (self.algorithm, &self.key) {
            (Algorithm::EdDSA, DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(&ED25519, key).verify(message, signature)
            }
            (Algorithm::ES256, DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(message, signature)
            }
            (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                let key = PublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            _ => Err(Unspecified),
        };
        verified.map_err(|Unspecified| signature::Error::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_verifies_the_algorithm_of_its_own_kind_only() {
        let keys = [
            (Algorithm::EdDSA, DecodingKey::from_ed_der(&[1; 32])),
            (Algorithm::ES256, DecodingKey::from_ec_der(&[4; 65])),
            (Algorithm::RS256, DecodingKey::from_rsa_raw_components(&[1; 256], &[1, 0, 1])),
            (Algorithm::HS256, DecodingKey::from_secret(&[1; 32])),
        ];
        let more = [Algorithm::HS384, Algorithm::ES384, Algorithm::RS512, Algorithm::PS256];
        let all: Vec<Algorithm> = keys.iter().map(|(own, _)| *own).chain(more).collect();
        for (own, key) in &keys {
            for algorithm in &all {
                let verifies = verifier_factory(algorithm, key).is_ok();
                let may = own == algorithm && *own != Algorithm::HS256;
                assert_eq!(verifies, may, "{own:?} {algorithm:?}");
            }
        }
    }
}
