use super::{App, UserSession};
use crate::auth::{SessionToken, SignedIn};
use crate::model::Session;
use crate::store::UserStore;

/// The signed-in user who makes a request.
#[derive(Debug)]
pub struct Caller {
    /// The function's state.
    pub app: &'static App,
    /// The proof that the request has a valid token.
    pub signed_in: SignedIn,
    token: SessionToken,
    sent_as: SentAs,
}

/// How a request carries its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SentAs {
    /// In the header `Authorization`. The program that sends it has the token.
    Bearer,
    /// In a cookie, which the scripts of a page can't read.
    Cookie,
}

impl Caller {
    pub(crate) fn new(
        app: &'static App,
        signed_in: SignedIn,
        token: SessionToken,
        sent_as: SentAs,
    ) -> Self {
        Self { app, signed_in, token, sent_as }
    }

    /// The caller's data, and no other user's. Every access checks that the session is still valid.
    pub fn store(&self) -> UserStore<'_> {
        self.app.store.of(&self.signed_in)
    }

    /// The token that the request carries.
    pub(crate) fn token(&self) -> &SessionToken {
        &self.token
    }

    pub(crate) fn sent_as(&self) -> SentAs {
        self.sent_as
    }

    /// A session of the caller as a response shows it. The token of the present session is shown to
    /// those who have it already, and to pages if the operator wants that. Any other session has a
    /// handle in its place.
    pub fn show(&self, session: Session) -> UserSession {
        let may_read =
            self.sent_as == SentAs::Bearer || self.app.config.clients.session_token_readable;
        let is_present = session.session_id == *self.signed_in.session_id();
        UserSession::new(session, (may_read && is_present).then_some(&self.token))
    }
}
