//! ID tokens (OpenID Connect Core, section 2), right and wrong ones.

use super::fault::IdTokenFault;
use super::keys::{Key, compact};
use super::object::Object;
use anyhow::Result;
use ring::hmac;
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

/// How long an ID token is valid, in seconds.
const LIFETIME: u64 = 3600;

/// An audience that is not the client.
const OTHER_CLIENT: &str = "another-client";

/// What an ID token says.
pub(super) struct Content<'a> {
    pub issuer: &'a str,
    pub audience: &'a str,
    pub nonce: Option<&'a str>,
    /// `sub`, and what else the scopes allow.
    pub claims: Object,
}

/// The token, signed with this key.
pub(super) fn make(content: Content<'_>, key: &Key, fault: Option<IdTokenFault>) -> Result<String> {
    let claims = claims(content, fault)?.value();
    let header = |algorithm: &str, id: &str| json!({ "alg": algorithm, "kid": id, "typ": "JWT" });
    let own = header(key.algorithm.name(), &key.id);
    match fault {
        Some(IdTokenFault::ForeignKey) => {
            let foreign = Key::new(key.algorithm)?.named(&key.id);
            compact(&own, &claims, |message| foreign.sign(message))
        }
        Some(IdTokenFault::UnknownKey) => {
            let foreign = Key::new(key.algorithm)?;
            let unknown = header(foreign.algorithm.name(), &foreign.id);
            compact(&unknown, &claims, |message| foreign.sign(message))
        }
        Some(IdTokenFault::Unsigned) => {
            compact(&header("none", &key.id), &claims, |_| Ok(Vec::new()))
        }
        Some(IdTokenFault::PublicKeyAsSecret) => {
            let secret = hmac::Key::new(hmac::HMAC_SHA256, &key.public());
            let sign = |message: &[u8]| Ok(hmac::sign(&secret, message).as_ref().to_vec());
            compact(&header("HS256", &key.id), &claims, sign)
        }
        _ => compact(&own, &claims, |message| key.sign(message)),
    }
}

fn claims(content: Content<'_>, fault: Option<IdTokenFault>) -> Result<Object> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let issued_at = match fault {
        Some(IdTokenFault::Expired) => now.saturating_sub(2 * LIFETIME),
        Some(IdTokenFault::FromTheFuture) => now + LIFETIME,
        _ => now,
    };
    let mut claims = content.claims;
    claims.set("iss", content.issuer);
    claims.set("aud", content.audience);
    claims.set("iat", issued_at);
    claims.set("exp", issued_at + LIFETIME);
    claims.set_some("nonce", content.nonce);
    match fault {
        Some(IdTokenFault::WrongNonce) => claims.set("nonce", "another-nonce"),
        Some(IdTokenFault::NoNonce) => claims.remove("nonce"),
        Some(IdTokenFault::WrongAudience) => claims.set("aud", OTHER_CLIENT),
        Some(IdTokenFault::WrongAuthorizedParty) => {
            claims.set("aud", json!([content.audience, OTHER_CLIENT]));
            claims.set("azp", OTHER_CLIENT);
        }
        Some(IdTokenFault::NoAuthorizedParty) => {
            claims.set("aud", json!([content.audience, OTHER_CLIENT]));
        }
        Some(IdTokenFault::WrongIssuer) => claims.set("iss", "https://other.example.com"),
        _ => {}
    }
    Ok(claims)
}
