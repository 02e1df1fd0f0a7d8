use super::{UserStore, WithSession};
use crate::auth::PasswordHash;
use crate::model::{Account, Credential, ExternalAccount, Session};
use crate::store::item;
use crate::store::oauth::{external_accounts, external_item, is_still, release};
use crate::store::write::{Condition, Part, Write, happened};
use crate::store::{StoreError, keys};

/// The ways in which a user can sign in.
#[derive(Debug)]
pub struct WaysIn {
    /// The present session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// The hash of the password, if there is one.
    pub password_hash: Option<String>,
    /// The accounts at providers.
    pub external: Vec<ExternalAccount>,
}

/// What is to be taken away.
#[derive(Debug, Clone, Copy)]
pub enum WayIn<'a> {
    /// The password, by its hash.
    Password(&'a str),
    /// An account at a provider.
    External(&'a ExternalAccount),
}

impl UserStore<'_> {
    /// The user's accounts at providers. One round trip.
    pub async fn external_accounts(&self) -> Result<Vec<ExternalAccount>, StoreError> {
        Ok(self.with_external_accounts().await?.1)
    }

    /// The user's account at a provider with this id; `None` if there is none. One round trip.
    pub async fn external_account(&self, id: &str) -> Result<Option<ExternalAccount>, StoreError> {
        Ok(self.external_accounts().await?.into_iter().find(|external| external.id.as_str() == id))
    }

    /// All ways in which the user can sign in. Two round trips.
    pub async fn ways_in(&self) -> Result<WaysIn, StoreError> {
        let (own, external) = self.with_external_accounts().await?;
        let WithSession { session, account, .. } = own;
        let credential: Option<Credential> =
            self.store.row(&keys::credential(&account.email)).await?;
        let own = credential.filter(|credential| credential.user_id == account.user_id);
        let password_hash = own.map(|credential| credential.password_hash);
        let can_match = |hash: &String| PasswordHash::stored(hash.clone()).can_match();
        let password_hash = password_hash.filter(can_match);
        Ok(WaysIn { session, account, password_hash, external })
    }

    /// Takes one of the ways in away, on condition that another one that was read is still there. One
    /// round trip, one transaction. `false`, and nothing is written, if one of the two has changed.
    pub async fn remove_way_in(
        &self,
        ways: &WaysIn,
        way: WayIn<'_>,
        other: WayIn<'_>,
    ) -> Result<bool, StoreError> {
        let credential = keys::credential(&ways.account.email);
        let is_still_hash = |hash: &str| {
            Condition::new("user_id = :user AND password_hash = :seen_hash")
                .value(":user", item::s(self.user().as_str()))
                .value(":seen_hash", item::s(hash))
        };
        let external =
            |external: &ExternalAccount| keys::external_account(self.user(), &external.provider);
        let mut writes: Vec<Part> = match way {
            WayIn::Password(hash) => {
                let nothing = item::s(PasswordHash::of_nothing().as_str());
                let update = Write::update(&credential).set("password_hash", nothing);
                vec![update.when(is_still_hash(hash)).into()]
            }
            WayIn::External(account) => vec![
                Write::delete(&external(account)).when(is_still(account)).into(),
                release(account).into(),
            ],
        };
        writes.push(match other {
            WayIn::Password(hash) => Write::check(&credential, is_still_hash(hash)).into(),
            WayIn::External(account) => Write::check(&external(account), is_still(account)).into(),
        });
        happened(self.store.transact(writes).await)
    }

    /// Stores new tokens of an account at a provider, on condition that nobody has stored others since
    /// it was read. One round trip. `false` if somebody has.
    pub async fn renew_external_account(
        &self,
        seen: &ExternalAccount,
        new: &ExternalAccount,
    ) -> Result<bool, StoreError> {
        let unchanged = Condition::new("sealed_tokens = :seen_tokens")
            .value(":seen_tokens", item::s(seen.sealed_tokens.as_str()));
        let put = Write::put(external_item(new)?).when(is_still(seen)).when(unchanged);
        happened(self.store.transact([put]).await)
    }

    async fn with_external_accounts(
        &self,
    ) -> Result<(WithSession, Vec<ExternalAccount>), StoreError> {
        let (own, external) =
            tokio::join!(self.read_with_session(&[]), external_accounts(self.store, self.user()));
        Ok((own?, external?))
    }
}
