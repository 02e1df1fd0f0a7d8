use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use serde_json::Value;

use super::ProviderError;
use super::keys::Key;
use crate::auth::use_ring;
use crate::clock::Timestamp;

/// Maximum difference between the provider's clock and ours: 60 seconds.
const SKEW: Duration = Duration::from_mins(1);
/// Maximum size of a token that is decoded; bytes.
const MAX_BYTES: usize = 16 * 1024;
/// All others are refused before a key is looked for: `none`, and those with a shared secret.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    /// Who made it.
    pub(super) issuer: &'a str,
    /// For whom: one of these ids of ours.
    pub(super) client_ids: &'a [&'a str],
    /// Which request it belongs to; `None` if that is not known.
    pub(super) nonce: Option<&'a str>,
    /// The present instant.
    pub(super) now: Timestamp,
}

/// The header of a token that may be an ID token. It is not verified: it only says which key to try.
pub(super) fn header(token: &str) -> Result<Header, ProviderError> {
    if token.len() > MAX_BYTES {
        return Err(ProviderError::InvalidIdToken("it is too long"));
    }
    let header = decode_header(token).ok();
    let header = header.ok_or(ProviderError::InvalidIdToken("its header can't be read"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(ProviderError::InvalidIdToken("its algorithm is not one that we take"));
    }
    // Access tokens and logout tokens have types of their own (RFC 8725, section 3.11).
    if header.typ.as_ref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(ProviderError::InvalidIdToken("it is a token of another type"));
    }
    if header.crit.is_some() {
        return Err(ProviderError::InvalidIdToken("it demands what we do not know"));
    }
    Ok(header)
}

/// The claims of a token that this key has signed and that says what it must (OpenID Connect Core 1.0,
/// section 3.1.3.7).
pub(super) fn claims(
    token: &str,
    key: &Key,
    expected: &Expected<'_>,
) -> Result<Value, ProviderError> {
    use_ring();
    let decoded = decode::<Value>(token, &key.public, &validation(key.algorithm, expected));
    let claims = decoded.map_err(|error| invalid(error.kind()))?.claims;
    match broken_rule(&claims, expected) {
        None => Ok(claims),
        Some(rule) => Err(ProviderError::InvalidIdToken(rule)),
    }
}

fn validation(algorithm: Algorithm, expected: &Expected<'_>) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(expected.client_ids);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // `broken_rule` compares the dates with our own clock.
    validation.validate_exp = false;
    validation
}

fn invalid(kind: &ErrorKind) -> ProviderError {
    ProviderError::InvalidIdToken(match kind {
        ErrorKind::InvalidSignature => "its signature is wrong",
        ErrorKind::InvalidIssuer => "it has another issuer",
        ErrorKind::InvalidAudience => "it is for another client",
        ErrorKind::MissingRequiredClaim(_) => "a claim is missing",
        _ => "it is malformed",
    })
}

/// What jsonwebtoken does not check.
fn broken_rule(claims: &Value, expected: &Expected<'_>) -> Option<&'static str> {
    let text = |name| claims.get(name).and_then(Value::as_str);
    let seconds = |name| claims.get(name).and_then(Value::as_i64);
    let (now, latest) = (expected.now.seconds(), expected.now.plus(SKEW).seconds());
    let skew = latest - now;
    let audiences = claims.get("aud").and_then(Value::as_array).map_or(1, Vec::len);
    let rules = [
        (text("iss") == Some(expected.issuer), "it has another issuer"),
        (
            audiences == 1 || text("azp").is_some(),
            "it does not say for which of its audiences it is",
        ),
        (
            claims.get("azp").is_none()
                || text("azp").is_some_and(|azp| expected.client_ids.contains(&azp)),
            "it was given to another client",
        ),
        (seconds("exp").is_some_and(|exp| exp.saturating_add(skew) > now), "it has expired"),
        (seconds("iat").is_some_and(|iat| iat <= latest), "it was issued in the future"),
        (
            claims.get("nbf").is_none() || seconds("nbf").is_some_and(|nbf| nbf <= latest),
            "it is not valid yet",
        ),
        (
            expected.nonce.is_none() || text("nonce") == expected.nonce,
            "it belongs to another request",
        ),
    ];
    rules.into_iter().find_map(|(holds, rule)| (!holds).then_some(rule))
}
