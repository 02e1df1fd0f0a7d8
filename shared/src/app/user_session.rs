use serde::Serialize;

use crate::auth::SessionToken;
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::model::Session;

/// A session as Better Auth's client sees one.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserSession {
    expires_at: Timestamp,
    token: ShownToken,
    created_at: Timestamp,
    updated_at: Timestamp,
    ip_address: String,
    user_agent: String,
    user_id: UserId,
    id: SessionId,
}

/// What stands as a session's `token`.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum ShownToken {
    /// The session's id, which can revoke the session, but not sign in.
    Handle(SessionId),
    /// The token that signs in.
    Token(SessionToken),
}

impl UserSession {
    /// A session with its token, or with a handle in its place.
    pub(super) fn new(session: Session, token: Option<&SessionToken>) -> Self {
        let handle = || ShownToken::Handle(session.session_id.clone());
        Self {
            token: token.cloned().map_or_else(handle, ShownToken::Token),
            expires_at: session.expires_at,
            created_at: session.created_at,
            updated_at: session.updated_at,
            ip_address: session.ip_address,
            user_agent: session.user_agent,
            user_id: session.user_id,
            id: session.session_id,
        }
    }
}
