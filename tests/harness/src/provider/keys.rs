//! The keys that sign ID tokens, made when the provider starts.

mod rsa;

use super::{object::Object, random};
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// How ID tokens are signed (RFC 7518, section 3.1, and RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with P-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSA of 2048 bits. The program `openssl` makes the key, since ring can't.
    Rs256,
}

/// A key of the provider.
pub(super) struct Key {
    /// Its name in the key set.
    pub id: String,
    pub algorithm: Algorithm,
    pair: Pair,
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

/// The key that signs, and all that are published.
pub(super) struct Keys {
    pub current: Arc<Key>,
    published: Vec<Value>,
}

impl Algorithm {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }
}

impl Keys {
    pub(super) fn new() -> Result<Self> {
        let current = Arc::new(Key::new(Algorithm::Es256)?);
        Ok(Self { published: vec![current.published()], current })
    }

    /// Publishes a new key, which signs from now on; the others stay in the key set.
    pub(super) fn rotate(&mut self, algorithm: Algorithm) -> Result<()> {
        self.current = Arc::new(Key::new(algorithm)?);
        self.published.push(self.current.published());
        Ok(())
    }

    /// The key set (RFC 7517, section 5).
    pub(super) fn set(&self) -> Value {
        json!({ "keys": self.published })
    }
}

impl Key {
    pub(super) fn new(algorithm: Algorithm) -> Result<Self> {
        let source = SystemRandom::new();
        let pair = match algorithm {
            Algorithm::Es256 => {
                let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let document = EcdsaKeyPair::generate_pkcs8(kind, &source)?;
                let pair = EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &source);
                Pair::Es256(pair.map_err(anyhow::Error::msg)?)
            }
            Algorithm::EdDsa => {
                let document = Ed25519KeyPair::generate_pkcs8(&source)?;
                let pair = Ed25519KeyPair::from_pkcs8(document.as_ref());
                Pair::EdDsa(pair.map_err(anyhow::Error::msg)?)
            }
            Algorithm::Rs256 => Pair::Rs256(Box::new(rsa::make()?)),
        };
        Ok(Self { id: random::text()?, algorithm, pair })
    }

    /// This key under the name of another one.
    pub(super) fn named(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let source = SystemRandom::new();
        match &self.pair {
            Pair::Es256(pair) => Ok(pair.sign(&source, message)?.as_ref().to_vec()),
            Pair::EdDsa(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &source, message, &mut signature)?;
                Ok(signature)
            }
        }
    }

    /// The bytes of the public key, of RSA those of the modulus.
    pub(super) fn public(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Es256(pair) => pair.public_key().as_ref().to_vec(),
            Pair::EdDsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Rs256(pair) => modulus_and_exponent(pair).0,
        }
    }

    /// The public key as the key set has it (RFC 7518, section 6, and RFC 8037, section 2).
    fn published(&self) -> Value {
        let text = |bytes: &[u8]| Value::from(URL_SAFE_NO_PAD.encode(bytes));
        let mut key: Object = match &self.pair {
            Pair::Es256(pair) => {
                // An uncompressed point: a byte, then both coordinates.
                let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
                let (x, y) = point.split_at(point.len() / 2);
                [("kty", "EC".into()), ("crv", "P-256".into()), ("x", text(x)), ("y", text(y))]
                    .into()
            }
            Pair::EdDsa(pair) => {
                let x = text(pair.public_key().as_ref());
                [("kty", "OKP".into()), ("crv", "Ed25519".into()), ("x", x)].into()
            }
            Pair::Rs256(pair) => {
                let (modulus, exponent) = modulus_and_exponent(pair);
                [("kty", "RSA".into()), ("n", text(&modulus)), ("e", text(&exponent))].into()
            }
        };
        key.set("kid", self.id.clone());
        key.set("use", "sig");
        key.set("alg", self.algorithm.name());
        key.value()
    }
}

fn modulus_and_exponent(pair: &RsaKeyPair) -> (Vec<u8>, Vec<u8>) {
    let components = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
    (components.n, components.e)
}

/// A header and claims with a signature (RFC 7515, section 7.1).
pub(super) fn compact(
    header: &Value,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>>,
) -> Result<String> {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = sign(message.as_bytes()).context("cannot sign")?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
