use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::ProviderError;

/// A public key of a provider, and the one algorithm that it verifies.
#[derive(Debug, Clone)]
pub(super) struct Key {
    kid: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) public: DecodingKey,
}

/// The public keys of a provider that can verify an ID token.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

impl Keys {
    /// Reads a set of keys (RFC 7517, section 5). Keys of other kinds are left out, as that section asks.
    pub(super) fn read(set: &Value) -> Result<Self, ProviderError> {
        let keys = set.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or_else(|| {
            ProviderError::Unreachable("its keys are not a set of keys".to_owned())
        })?;
        Ok(Self(keys.iter().filter_map(Key::read).collect()))
    }

    /// The keys that a token may mean which names this key, or none.
    pub(super) fn named(&self, kid: Option<&str>) -> Vec<&Key> {
        let is_meant = |key: &&Key| kid.is_none() || key.kid.as_deref() == kid;
        self.0.iter().filter(is_meant).collect()
    }
}

impl Key {
    /// `None` unless it is a public key for signatures of an algorithm that we take. The algorithm follows
    /// from the kind of the key (RFC 7518, section 6).
    fn read(jwk: &Value) -> Option<Self> {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let bytes = |name| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let (algorithm, names, public) = match (text("kty")?, text("crv")) {
            ("RSA", _) => {
                let key = DecodingKey::from_rsa_raw_components(&bytes("n")?, &bytes("e")?);
                (Algorithm::RS256, ["RS256"].as_slice(), key)
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                let is_point = x.len() == 32 && y.len() == 32;
                let key = DecodingKey::from_ec_der(&[&[4], &x[..], &y[..]].concat());
                (Algorithm::ES256, ["ES256"].as_slice(), is_point.then_some(key)?)
            }
            // RFC 9864 has the second name.
            ("OKP", Some("Ed25519")) => {
                let key = DecodingKey::from_ed_der(&bytes("x")?);
                (Algorithm::EdDSA, ["EdDSA", "Ed25519"].as_slice(), key)
            }
            _ => return None,
        };
        let is_for = |name, words: &[&str]| {
            jwk.get(name).is_none_or(|said| words.iter().any(|word| said == word))
        };
        let is_ours = is_for("use", &["sig"]) && is_for("alg", names) && may_verify(jwk);
        is_ours.then(|| Self { kid: text("kid").map(str::to_owned), algorithm, public })
    }
}

fn may_verify(jwk: &Value) -> bool {
    let is_verify = |operations: &Vec<Value>| operations.iter().any(|name| name == "verify");
    jwk.get("key_ops").is_none_or(|operations| operations.as_array().is_some_and(is_verify))
}
