use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};

/// An authentication session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The session's id.
    pub session_id: SessionId,
    /// Who is signed in.
    pub user_id: UserId,
    /// The account's epoch when the credential was read; another one ends the session.
    pub auth_epoch: u64,
    /// The end of the idle lifetime.
    pub expires_at: Timestamp,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When the session was last renewed.
    pub updated_at: Timestamp,
    /// The address that signed in, `""` when unknown.
    #[serde(default)]
    pub ip_address: String,
    /// The program that signed in, `""` when unknown.
    #[serde(default)]
    pub user_agent: String,
}

impl Session {
    /// A session that is not used for this long ends: 7 days.
    pub const IDLE: Duration = Duration::from_hours(7 * 24);
    /// No session lasts longer: 30 days (NIST SP 800-63B-4 §2.1.3).
    pub const ABSOLUTE: Duration = Duration::from_hours(30 * 24);

    /// A new session of `user_id` that begins at `now`.
    pub fn begin(user_id: UserId, auth_epoch: u64, now: Timestamp, client: Client) -> Self {
        Self {
            session_id: SessionId::random(),
            user_id,
            auth_epoch,
            expires_at: now.plus(Self::IDLE),
            created_at: now,
            updated_at: now,
            ip_address: client.ip_address,
            user_agent: client.user_agent,
        }
    }
}

/// Where a request came from, as the gateway saw it; kept with the session so that its owner
/// can tell one from another.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The source address, `""` when unknown.
    pub ip_address: String,
    /// The `User-Agent` header, cut to 256 characters, `""` when absent.
    pub user_agent: String,
}
