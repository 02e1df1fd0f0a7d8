use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use super::signatures;
use super::signing_key::SigningKey;
use super::token::TokenError;
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::model::{Ring, User};
use crate::text::Origin;

/// A token that proves to other services who a user is. They verify it with the public keys of
/// `GET /api/auth/jwks`. We do not accept it ourselves. It can't be printed.
#[derive(Clone)]
pub struct UserToken(SecretString);

/// The claims that Better Auth puts into this token: the whole user and the registered claims (RFC
/// 7519 §4.1).
#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    #[serde(flatten)]
    user: &'a User,
    sub: &'a UserId,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
}

impl UserToken {
    /// Signs a token for `user` with a key of the second ring; valid for 15 minutes. Its issuer and
    /// its audience are this API's origin.
    pub fn mint(
        user: &User,
        origin: &Origin,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        signatures::install();
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.public.kid.as_str().to_owned());
        let claims = Claims {
            iat: now.seconds(),
            user,
            sub: &user.id,
            exp: now.plus(Ring::TOKEN_LIFETIME).seconds(),
            iss: origin.as_str(),
            aud: origin.as_str(),
        };
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(key.pkcs8()))
            .map(|token| Self(token.into()))
            .map_err(|_| TokenError::Invalid("it could not be signed"))
    }

    /// The token as text, for the client.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Serialize for UserToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl fmt::Debug for UserToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserToken(…)")
    }
}
