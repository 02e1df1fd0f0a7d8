use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::ProviderError;
use crate::clock::Timestamp;

/// Maximum size of a token, bytes. The largest known are ID tokens with the groups of a user.
const MAX_BYTES: usize = 16 * 1024;
/// Maximum time for which a token is said to be good: ten years.
const MAX_SECONDS: u64 = 10 * 365 * 86_400;

/// The tokens of a user at a provider. They can't be printed.
#[derive(Clone)]
pub struct ProviderTokens {
    /// What gives access to the user's data there.
    pub access_token: SecretString,
    /// What gets a new access token, if the provider gives one.
    pub refresh_token: Option<SecretString>,
    /// The ID token, if the provider is one of OpenID.
    pub id_token: Option<SecretString>,
    /// When the access token ends, if the provider says so.
    pub access_token_expires_at: Option<Timestamp>,
    /// When the refresh token ends, if the provider says so.
    pub refresh_token_expires_at: Option<Timestamp>,
    /// What the access token is good for.
    pub scopes: Vec<String>,
}

impl ProviderTokens {
    /// All of it as one secret text, to be sealed.
    pub fn to_secret(&self) -> SecretString {
        let exposed = |token: &Option<SecretString>| {
            token.as_ref().map(|token| token.expose_secret().to_owned())
        };
        let json = json!({
            "access_token": self.access_token.expose_secret(),
            "refresh_token": exposed(&self.refresh_token),
            "id_token": exposed(&self.id_token),
            "access_token_expires_at": self.access_token_expires_at,
            "refresh_token_expires_at": self.refresh_token_expires_at,
            "scopes": self.scopes,
        });
        json.to_string().into()
    }

    /// What [`ProviderTokens::to_secret`] made; `None` for any other text.
    pub fn from_secret(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        let expiry = |name| json.get(name).and_then(Value::as_str).and_then(Timestamp::parse);
        let scopes = json.get("scopes")?.as_array()?.iter();
        Some(Self {
            access_token: token(&json, "access_token")?,
            refresh_token: token(&json, "refresh_token"),
            id_token: token(&json, "id_token"),
            access_token_expires_at: expiry("access_token_expires_at"),
            refresh_token_expires_at: expiry("refresh_token_expires_at"),
            scopes: scopes.filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }

    /// Reads the answer of a token endpoint (RFC 6749, section 5.1) at this time. If it names no scopes,
    /// they are `scopes`.
    pub(super) fn of_answer(
        answer: &Value,
        now: Timestamp,
        scopes: &[String],
    ) -> Result<Self, ProviderError> {
        let kind = answer.get("token_type").and_then(Value::as_str);
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(unreachable("its tokens are of an unknown type"));
        }
        let access_token =
            token(answer, "access_token").ok_or_else(|| unreachable("it sent no access token"))?;
        // GitHub separates them by commas.
        let named = answer.get("scope").and_then(Value::as_str).map(|text| {
            text.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
        });
        Ok(Self {
            access_token,
            refresh_token: token(answer, "refresh_token"),
            id_token: token(answer, "id_token"),
            access_token_expires_at: expiry(answer, "expires_in", now),
            refresh_token_expires_at: expiry(answer, "refresh_token_expires_in", now),
            scopes: named.unwrap_or_else(|| scopes.to_vec()),
        })
    }

    /// These tokens after a refresh, of which `old` are those before it. A provider need not send a new
    /// refresh token (section 6).
    pub(super) fn after(mut self, old: &Self) -> Self {
        if self.refresh_token.is_none() {
            self.refresh_token.clone_from(&old.refresh_token);
            self.refresh_token_expires_at = old.refresh_token_expires_at;
        }
        if self.id_token.is_none() {
            self.id_token.clone_from(&old.id_token);
        }
        self
    }
}

/// A token that can be sent in a header.
fn token(answer: &Value, name: &str) -> Option<SecretString> {
    let text = answer.get(name)?.as_str()?;
    let is_token =
        (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    is_token.then(|| text.into())
}

/// The time after a number of seconds, which some providers write as text.
fn expiry(answer: &Value, name: &str, now: Timestamp) -> Option<Timestamp> {
    let seconds = match answer.get(name)? {
        Value::String(text) => text.parse().ok()?,
        number => number.as_u64()?,
    };
    Some(now.plus(Duration::from_secs(seconds.min(MAX_SECONDS))))
}

fn unreachable(text: &str) -> ProviderError {
    ProviderError::Unreachable(text.to_owned())
}

impl fmt::Debug for ProviderTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderTokens(…)")
    }
}

#[cfg(test)]
mod tests;
