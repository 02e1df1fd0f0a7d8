use serde::Serialize;

use super::{Account, HardwareBackground, Profile, Session, SoftwareLevel};
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::text::{Email, Image, Name};

/// A user as Better Auth's client sees one: the account, with the background profile as
/// additional fields.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    name: Name,
    email: Email,
    email_verified: bool,
    image: Option<Image>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(rename = "software_level")]
    software_level: Option<SoftwareLevel>,
    #[serde(rename = "hardware_background")]
    hardware_background: Option<HardwareBackground>,
    pub(crate) id: UserId,
}

impl User {
    /// The user of an account, and of its profile unless that is archived.
    pub fn new(account: Account, profile: Option<&Profile>) -> Self {
        Self {
            name: account.name,
            email: account.email,
            email_verified: account.email_verified,
            image: account.image,
            created_at: account.created_at,
            updated_at: account.updated_at,
            software_level: profile.map(|profile| profile.software_level),
            hardware_background: profile.map(|profile| profile.hardware_background),
            id: account.user_id,
        }
    }
}

/// A session as Better Auth's client sees one. Its `token` is the session's id, which can revoke the
/// session, but not sign in.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserSession {
    expires_at: Timestamp,
    token: SessionId,
    created_at: Timestamp,
    updated_at: Timestamp,
    ip_address: String,
    user_agent: String,
    user_id: UserId,
    id: SessionId,
}

impl From<Session> for UserSession {
    fn from(session: Session) -> Self {
        Self {
            expires_at: session.expires_at,
            token: session.session_id.clone(),
            created_at: session.created_at,
            updated_at: session.updated_at,
            ip_address: session.ip_address,
            user_agent: session.user_agent,
            user_id: session.user_id,
            id: session.session_id,
        }
    }
}
