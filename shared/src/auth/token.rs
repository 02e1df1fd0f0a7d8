use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::digest::Digest;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::key_ring::{KeyRing, SKEW};
use super::signatures;
use super::signing_key::SigningKey;
use crate::clock::Timestamp;
use crate::digest::sha256;
use crate::id::{SessionId, UserId};
use crate::model::{KeyId, Session};

/// The `typ` of session tokens: no other kind of token is taken for one (RFC 8725 §3.11).
const TYP: &str = "tessera-session+jwt";
/// The `aud` of session tokens.
const AUDIENCE: &str = "session";
/// Maximum size of a token that is decoded; bytes. Our tokens are far shorter.
const MAX_BYTES: usize = 1024;

/// Who signs tokens: the name of this installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer(pub String);

/// A session token as the client has it. It can't be printed.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct SessionToken(SecretString);

/// Proof of a valid session token. The store takes it for every access to a user's data, and checks
/// there that the session is still valid.
#[derive(Debug, Clone)]
pub struct SignedIn {
    user_id: UserId,
    session_id: SessionId,
    /// When the token was signed, in seconds.
    issued_at: i64,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Its key is not in the ring, or retired; a ring that is read later may have it.
    #[error("the token names the unknown key {0}")]
    UnknownKey(KeyId),
    /// It is malformed, tampered with, of another issuer or kind, or not valid at this time.
    #[error("the token is not valid: {0}")]
    Invalid(&'static str),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// A token whose signature, kind and form were verified. None of these can change.
#[derive(Debug)]
pub(super) struct VerifiedToken {
    kid: KeyId,
    claims: Claims,
}

impl VerifiedToken {
    /// Checks what may change: whether the key is still in use, the issuer, the dates.
    pub(super) fn check(
        &self,
        ring: &KeyRing,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<SignedIn, TokenError> {
        let Claims { iss, sub, sid, iat, exp, .. } = &self.claims;
        if ring.verifying(&self.kid, now).is_none() {
            return Err(TokenError::UnknownKey(self.kid.clone()));
        }
        if *iss != issuer.0 {
            return Err(TokenError::Invalid("it has another issuer"));
        }
        if *exp <= now.seconds() {
            return Err(TokenError::Invalid("it has expired"));
        }
        if *iat > now.plus(SKEW).seconds() {
            return Err(TokenError::Invalid("it was issued in the future"));
        }
        Ok(SignedIn { user_id: sub.clone(), session_id: sid.clone(), issued_at: *iat })
    }
}

impl SessionToken {
    /// Signs a token for `session`; it ends with the session's absolute lifetime.
    pub fn mint(session: &Session, issuer: &Issuer, key: &SigningKey) -> Result<Self, TokenError> {
        signatures::install();
        let claims = Claims {
            iss: issuer.0.clone(),
            aud: AUDIENCE.to_owned(),
            sub: session.user_id.clone(),
            sid: session.session_id.clone(),
            iat: session.created_at.seconds(),
            exp: session.ends_at().seconds(),
        };
        let key_bytes = EncodingKey::from_ed_der(key.pkcs8());
        jsonwebtoken::encode(&header(&key.public.kid), &claims, &key_bytes)
            .map(Self::from)
            .map_err(|_| TokenError::Invalid("it could not be signed"))
    }

    /// Verifies the token offline (RFC 8725): the key by `kid` from our own ring, the algorithm
    /// fixed, the header exactly as we write it, every claim required and of its type.
    pub fn verify(
        &self,
        ring: &KeyRing,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<SignedIn, TokenError> {
        self.verify_signature(ring, now)?.check(ring, issuer, now)
    }

    /// Verifies the part that never changes.
    pub(super) fn verify_signature(
        &self,
        ring: &KeyRing,
        now: Timestamp,
    ) -> Result<VerifiedToken, TokenError> {
        signatures::install();
        let token = self.text()?;
        let kid = key_id(token)?;
        let Some(key) = ring.verifying(&kid, now) else {
            return Err(TokenError::UnknownKey(kid));
        };
        let key = DecodingKey::from_ed_components(&key.x)
            .map_err(|_| TokenError::Invalid("its key is malformed"))?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation())
            .map_err(|_| TokenError::Invalid("its signature or a claim is wrong"))?
            .claims;
        Ok(VerifiedToken { kid, claims })
    }

    /// Whether its header is one that we write. Any other token can't verify.
    pub fn has_our_header(&self) -> bool {
        self.text().is_ok_and(|token| key_id(token).is_ok())
    }

    /// The user whom a token of ours names: one of our issuer and of a key of this ring, also a retired
    /// one. Neither signature nor dates are checked, so this proves nothing.
    pub fn names_user(&self, ring: &KeyRing, issuer: &Issuer) -> Option<UserId> {
        let token = self.text().ok()?;
        let claims = token.split('.').nth(1)?;
        let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
        let claims: Claims = serde_json::from_slice(&claims).ok()?;
        let ours = ring.contains(&key_id(token).ok()?) && claims.iss == issuer.0;
        ours.then_some(claims.sub)
    }

    /// Whether it is no token but the handle of a session, which signs nobody in.
    pub fn is_handle(&self) -> bool {
        SessionId::try_from(self.expose().to_owned()).is_ok()
    }

    /// The SHA-256 of the token, by which it is remembered.
    pub(super) fn hash(&self) -> Result<Digest, TokenError> {
        Ok(sha256(&[self.text()?.as_bytes()]))
    }

    fn text(&self) -> Result<&str, TokenError> {
        let text = self.0.expose_secret();
        if text.len() > MAX_BYTES { Err(TokenError::Invalid("it is too long")) } else { Ok(text) }
    }

    /// The token as text, for the client.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl SignedIn {
    /// The user that the token names.
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The session that the token names.
    pub fn session_id(&self) -> &SessionId {
        &self.session_id
    }
}

/// Of several tokens that verify, the one that counts: of one user's the newest, of different users'
/// none, since one of them may have been planted.
pub fn newest_of_one_user(
    tokens: Vec<(SignedIn, SessionToken)>,
) -> Option<(SignedIn, SessionToken)> {
    let (first, _) = tokens.first()?;
    if tokens.iter().any(|(other, _)| other.user_id != first.user_id) {
        return None;
    }
    tokens.into_iter().max_by_key(|(signed_in, _)| signed_in.issued_at)
}

fn header(kid: &KeyId) -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYP.to_owned());
    header.kid = Some(kid.as_str().to_owned());
    header
}

/// The key that a token names, if its header is exactly the one that we write for that key. So we
/// never read a `jwk`, `jku` or `crit`, nor another spelling of base64 or JSON.
fn key_id(token: &str) -> Result<KeyId, TokenError> {
    let invalid = TokenError::Invalid("its header is not one of ours");
    if token.matches('.').count() != 2 {
        return Err(invalid);
    }
    let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid);
    let kid = kid.and_then(|kid| KeyId::try_from(kid).ok()).ok_or_else(|| invalid.clone())?;
    let ours = serde_json::to_vec(&header(&kid)).map_err(|_| invalid.clone())?;
    let written = token.split_once('.').map(|(written, _)| written);
    if written == Some(URL_SAFE_NO_PAD.encode(ours).as_str()) { Ok(kid) } else { Err(invalid) }
}

fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // `VerifiedToken::check` compares `exp` with our own clock.
    validation.validate_exp = false;
    validation
}

impl From<String> for SessionToken {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl Serialize for SessionToken {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

#[cfg(test)]
mod tests;
