use super::item;
use super::keys;
use super::read::Range;
use super::write::{Condition, Write, happened};
use super::{Kind, Store, StoreError};
use crate::auth::{AuthSecret, SigningKey};
use crate::model::{PublicKey, Ring, SealedKey};

/// The signing keys of a ring, in a table of their own: its permissions decide who may sign. It is
/// written without transactions, since AWS does not say that a permission by partition binds them
/// (decision 21).
#[derive(Debug)]
pub struct SigningKeys {
    /// A store whose table is that of the keys.
    store: Store,
    ring: Ring,
}

impl SigningKeys {
    pub(super) fn new(store: Store, ring: Ring) -> Self {
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

    /// Publishes a new key: first the sealed row, which has the public fields as well, then the public
    /// one. If another function has stored a key of this generation, that one is published, unless it
    /// is already: the function may have died between the two. Two round trips, then three.
    pub async fn publish(&self, key: &SigningKey, secret: &AuthSecret) -> Result<(), StoreError> {
        let new = &key.public;
        let sealed_key = keys::sealed_key(self.ring, new.generation);
        let mut sealed = item::write(sealed_key.clone(), Kind::SealedKey, new)?;
        sealed.extend(item::write(sealed_key.clone(), Kind::SealedKey, &key.seal(secret)?)?);
        let public = if self.put_if_absent(sealed).await? {
            new.clone()
        } else {
            let stored: Option<PublicKey> = self.store.row(&sealed_key).await?;
            let stored = stored.ok_or_else(|| StoreError::corrupt("a sealed key has gone"))?;
            // What was stored may be old, and no verifier has seen it.
            PublicKey { created_at: new.created_at, usable_from: new.usable_from, ..stored }
        };
        let public_key = keys::public_key(self.ring, new.generation);
        self.put_if_absent(item::write(public_key, Kind::PublicKey, &public)?).await.map(drop)
    }

    /// `false` if the item exists already.
    async fn put_if_absent(&self, item: item::Item) -> Result<bool, StoreError> {
        happened(self.store.send(Write::put(item).when(Condition::absent())).await)
    }
}
