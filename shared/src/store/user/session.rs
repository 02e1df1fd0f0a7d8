use super::super::{StoreError, keys};
use super::UserStore;

impl UserStore<'_> {
    /// Ends the session; two round trips. A session that does not hold any more is left alone.
    pub async fn end_session(&self) -> Result<(), StoreError> {
        self.read(&[]).await?;
        self.store.delete(&keys::session(self.user(), self.signed_in.session_id())).await
    }
}
