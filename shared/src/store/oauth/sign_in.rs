use super::OAuth;
use super::claim::{Claim, external_item, is_still, link};
use crate::id::SessionId;
use crate::model::{Account, Credential, ExternalAccount, Session};
use crate::store::before_sign_in::{is_as_read, new_user};
use crate::store::item::AttributeValue;
use crate::store::user::session_item;
use crate::store::write::{Condition, Part, Write, happened};
use crate::store::{StoreError, keys};

/// The rows of a user who is new.
#[derive(Debug)]
pub struct NewExternalUser<'a> {
    /// The account.
    pub account: &'a Account,
    /// The credential, which has no password.
    pub credential: &'a Credential,
    /// The account at the provider.
    pub external: &'a ExternalAccount,
    /// The first session.
    pub session: &'a Session,
}

/// Each write is one transaction and one round trip. `false`, and nothing is written, if something has
/// changed since it was read: then look again.
impl OAuth<'_> {
    /// Makes an account for somebody whom a provider has signed in. `false` also if somebody has the
    /// address.
    pub async fn sign_up(
        &self,
        new: NewExternalUser<'_>,
        claim: &Claim,
    ) -> Result<bool, StoreError> {
        let NewExternalUser { account, credential, external, session } = new;
        let mut writes = new_user(account, credential, None)?;
        writes.extend(link(external, claim)?);
        writes.push(begin(session)?);
        happened(self.store.transact(writes).await)
    }

    /// Begins a session of the user to whom the account is linked, and stores its new tokens.
    pub async fn sign_in(
        &self,
        external: &ExternalAccount,
        session: &Session,
    ) -> Result<bool, StoreError> {
        let renew = Write::put(external_item(external)?).when(is_still(external));
        happened(self.store.transact([renew.into(), begin(session)?]).await)
    }

    /// Links the account to the user whose verified address it has, and begins a session.
    pub async fn link_and_sign_in(
        &self,
        account: &Account,
        external: &ExternalAccount,
        claim: &Claim,
        session: &Session,
    ) -> Result<bool, StoreError> {
        let verified = Condition::new("email_verified = :verified")
            .value(":verified", AttributeValue::Bool(true));
        let mut writes = link(external, claim)?;
        let key = keys::account(&account.user_id);
        writes.push(Write::check(&key, is_as_read(account).and(verified)).into());
        writes.push(begin(session)?);
        happened(self.store.transact(writes).await)
    }

    /// Links the account to a user who asked for it in this session.
    pub async fn link(
        &self,
        account: &Account,
        session: &SessionId,
        external: &ExternalAccount,
        claim: &Claim,
    ) -> Result<bool, StoreError> {
        let mut writes = link(external, claim)?;
        let key = keys::account(&account.user_id);
        writes.push(Write::check(&key, is_as_read(account)).into());
        let session = keys::session(&account.user_id, session);
        writes.push(Write::check(&session, Condition::present()).into());
        happened(self.store.transact(writes).await)
    }

    /// Stores new tokens of an account that is linked already.
    pub async fn renew(&self, external: &ExternalAccount) -> Result<bool, StoreError> {
        let renew = Write::put(external_item(external)?).when(is_still(external));
        happened(self.store.transact([renew]).await)
    }
}

fn begin(session: &Session) -> Result<Part, StoreError> {
    Ok(Write::put(session_item(session)?).when(Condition::absent()).into())
}
