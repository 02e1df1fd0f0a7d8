use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::NextPages;
use crate::clock::Timestamp;
use crate::id::{ExternalAccountId, SessionId, UserId};
use crate::text::ProviderId;

/// A user's account at a provider, with which the user signs in here. A user has at most one of each
/// provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalAccount {
    /// Its id here.
    pub id: ExternalAccountId,
    /// Whose it is.
    pub user_id: UserId,
    /// The provider.
    pub provider: ProviderId,
    /// The user's id there, which never changes; 1 to 255 bytes.
    pub subject: String,
    /// The tokens that the provider gave, sealed for [`ExternalAccount::owner`].
    pub sealed_tokens: String,
    /// What the tokens are good for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When its tokens were last stored.
    pub updated_at: Timestamp,
}

impl ExternalAccount {
    /// What its tokens are sealed for: no other row can have them.
    pub fn owner(user_id: &UserId, provider: &ProviderId) -> String {
        format!("{user_id}#{provider}")
    }
}

/// The tokens and who the user is elsewhere are not printed.
impl fmt::Debug for ExternalAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ExternalAccount");
        shown.field("id", &self.id).field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// A sign-in at a provider that has begun: what must be known when the browser comes back. It is used
/// once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthState {
    /// Where the browser was sent. An answer of another provider is not this one's.
    pub provider: ProviderId,
    /// The verifier of the code (RFC 7636).
    pub verifier: String,
    /// What the ID token must have (OpenID Connect Core 1.0, section 3.1.2.1).
    pub nonce: String,
    /// Our callback as the provider got it.
    pub redirect_uri: String,
    /// The pages that follow.
    #[serde(default)]
    pub pages: NextPages,
    /// The session of the user to whom the account is to belong; without it, the account signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_to: Option<LinkTo>,
    /// When it began.
    pub created_at: Timestamp,
}

/// The session that asked for a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTo {
    /// Whose it is.
    pub user_id: UserId,
    /// Which one. It must still be valid when the browser comes back.
    pub session_id: SessionId,
}

impl OAuthState {
    /// How long a browser may take to come back: ten minutes.
    pub const LIFETIME: Duration = Duration::from_mins(10);

    /// When it ends.
    pub fn ends_at(&self) -> Timestamp {
        self.created_at.plus(Self::LIFETIME)
    }
}

/// What completes the sign-in is not printed.
impl fmt::Debug for OAuthState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthState").field("provider", &self.provider).finish_non_exhaustive()
    }
}
