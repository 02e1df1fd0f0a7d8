use super::item;
use super::keys;
use super::read::Range;
use super::write::{Condition, Write, happened};
use super::{Kind, Store, StoreError};
use crate::auth::{AuthSecret, SigningKey};
use crate::model::{PublicKey, Ring, SealedKey};

/// The signing keys of a ring. The public and the sealed part of a key are stored together.
#[derive(Debug)]
pub struct SigningKeys<'a> {
    store: &'a Store,
    ring: Ring,
}

impl<'a> SigningKeys<'a> {
    pub(super) fn new(store: &'a Store, ring: Ring) -> Self {
        Self { store, ring }
    }

    /// All public keys; one round trip.
    pub async fn public(&self) -> Result<Vec<PublicKey>, StoreError> {
        let range = Range::partition(keys::public_keys(self.ring));
        let items = self.store.query(&range, usize::MAX).await?;
        items.into_iter().map(item::read).collect()
    }

    /// The sealed part of a public key; one round trip. Only functions that sign may read it.
    pub async fn sealed(&self, public: &PublicKey) -> Result<SealedKey, StoreError> {
        let key = keys::sealed_key(self.ring, public.generation);
        let row = self.store.row(&key).await?;
        row.ok_or_else(|| StoreError::corrupt("a public signing key has no sealed part"))
    }

    /// Stores a new key. `false` if its generation exists already: another function was faster.
    pub async fn add(&self, key: &SigningKey, secret: &AuthSecret) -> Result<bool, StoreError> {
        let generation = key.public.generation;
        let (public, sealed) =
            (keys::public_key(self.ring, generation), keys::sealed_key(self.ring, generation));
        let public = item::write(public, Kind::PublicKey, &key.public)?;
        let sealed = item::write(sealed, Kind::SealedKey, &key.seal(secret)?)?;
        let writes = [public, sealed].map(|item| Write::put(item).when(Condition::absent()));
        happened(self.store.transact(writes).await)
    }
}
