use super::App;
use crate::auth::SignedIn;
use crate::store::UserStore;

/// The signed-in user who makes a request.
#[derive(Debug)]
pub struct Caller {
    /// The function's state.
    pub app: &'static App,
    /// The proof that the request has a valid token.
    pub signed_in: SignedIn,
}

impl Caller {
    /// The caller's data, and no other user's. Every access checks that the session is still valid.
    pub fn store(&self) -> UserStore<'_> {
        self.app.store.of(&self.signed_in)
    }
}
