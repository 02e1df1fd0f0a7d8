use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Network;
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};

/// An authentication session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The session's id.
    pub session_id: SessionId,
    /// Who is signed in.
    pub user_id: UserId,
    /// The account's epoch when the credential was read. When the account has another epoch, the
    /// session is not valid.
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
    /// Whether it outlives the browser: if not, it lasts a day and is never renewed.
    #[serde(default = "remembered")]
    pub remember: bool,
}

fn remembered() -> bool {
    true
}

impl Session {
    /// A session that is not renewed for this long ends: 7 days.
    pub const IDLE: Duration = Duration::from_hours(7 * 24);
    /// Maximum lifetime of a session: 30 days (NIST SP 800-63B-4 §2.1.3).
    pub const ABSOLUTE: Duration = Duration::from_hours(30 * 24);

    /// Lifetime of a session that is not to be remembered: 1 day.
    pub const UNREMEMBERED: Duration = Duration::from_hours(24);
    /// For this long after a sign-in, the session alone is enough to change what is hard to undo: 1 day.
    const FRESH: Duration = Duration::from_hours(24);
    /// A session is renewed at most this often: once a day.
    const RENEWAL: Duration = Duration::from_hours(24);

    /// A new session of `user_id` that begins at `now`.
    pub fn begin(
        user_id: UserId,
        auth_epoch: u64,
        now: Timestamp,
        client: Client,
        remember: bool,
    ) -> Self {
        Self {
            session_id: SessionId::random(),
            user_id,
            auth_epoch,
            remember,
            expires_at: now.plus(if remember { Self::IDLE } else { Self::UNREMEMBERED }),
            created_at: now,
            updated_at: now,
            ip_address: client.ip_address,
            user_agent: client.user_agent,
        }
    }

    /// When it ends, however often it is renewed.
    pub fn ends_at(&self) -> Timestamp {
        self.created_at.plus(if self.remember { Self::ABSOLUTE } else { Self::UNREMEMBERED })
    }

    /// Whether it is valid at `now`, in an account of this epoch.
    pub fn is_valid(&self, auth_epoch: u64, now: Timestamp) -> bool {
        self.auth_epoch == auth_epoch && self.expires_at > now
    }

    /// Whether it began so recently that its user need not give the password again.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.created_at.plus(Self::FRESH) > now
    }

    /// The new end of the idle lifetime, if a renewal is due at `now`.
    pub fn renewal(&self, now: Timestamp) -> Option<Timestamp> {
        let renewed = now.plus(Self::IDLE);
        let due = self.remember
            && renewed >= self.expires_at.plus(Self::RENEWAL)
            && self.expires_at < self.ends_at();
        due.then(|| renewed.min(self.ends_at()))
    }
}

/// Where a request came from, as the gateway saw it. It is stored with the session, so that users can
/// recognise their sessions.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The source address, `""` when unknown.
    pub ip_address: String,
    /// The `User-Agent` header, cut to 256 characters, `""` when absent.
    pub user_agent: String,
}

impl Client {
    /// The network that the request came from.
    pub fn network(&self) -> Network {
        Network::of(&self.ip_address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(n: u64) -> Timestamp {
        Timestamp::from_milliseconds(0).plus(Duration::from_hours(n))
    }

    fn begun(remember: bool) -> Session {
        Session::begin(UserId::random(), 1, hours(0), Client::default(), remember)
    }

    #[test]
    fn a_session_is_renewed_once_a_day_and_not_beyond_its_end() {
        let mut session = begun(true);
        assert_eq!(session.renewal(hours(23)), None);
        assert_eq!(session.renewal(hours(24)), Some(hours(8 * 24)));
        session.expires_at = hours(25 * 24);
        assert_eq!(session.renewal(hours(24 * 24)), Some(session.ends_at()));
        session.expires_at = session.ends_at();
        assert_eq!(session.renewal(hours(29 * 24)), None);
    }

    #[test]
    fn a_session_is_fresh_for_a_day() {
        let session = begun(true);
        assert!(session.is_fresh(hours(23)) && !session.is_fresh(hours(24)));
    }

    #[test]
    fn a_session_that_is_not_remembered_ends_after_a_day() {
        let session = begun(false);
        assert_eq!(session.renewal(hours(23)), None);
        assert!(session.is_valid(1, hours(23)) && !session.is_valid(1, hours(24)));
        assert!(!session.is_valid(2, hours(1)));
        assert_eq!(session.ends_at(), hours(24));
    }
}
