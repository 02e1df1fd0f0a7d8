use std::time::Duration;

use super::UserStore;
use crate::clock::Timestamp;
use crate::model::{Background, Profile};
use crate::store::item::{self, Item};
use crate::store::write::{Condition, Write, WriteError};
use crate::store::{Kind, StoreError, keys};

impl UserStore<'_> {
    /// The background profile; an archived one reads as none. One round trip, 3 read units.
    pub async fn profile(&self) -> Result<Option<Profile>, StoreError> {
        let profile: Option<Profile> = self.row(&keys::profile(self.user())).await?;
        Ok(profile.and_then(Profile::unless_archived))
    }

    /// Makes, changes or revives the profile; `created_at` stays. Two round trips.
    pub async fn put_profile(&self, background: Background) -> Result<Profile, StoreError> {
        self.read(&[]).await?;
        self.write_profile(background).await
    }

    /// Makes, changes or revives the profile, after a check of the session.
    pub(super) async fn write_profile(
        &self,
        background: Background,
    ) -> Result<Profile, StoreError> {
        let key = keys::profile(self.user());
        let profile = Profile::new(self.user().clone(), background, self.store.clock.now());
        let update = Write::update(&key)
            .set_all(item::write(key, Kind::Profile, &profile)?, &["created_at"])
            .remove(["archived_at", "ttl"])
            .returning_new();
        item::read(self.store.send(update).await?)
    }

    /// Archives the profile: it reads as none at once and is deleted after `retention`.
    /// [`StoreError::NotFound`] if there is none or it is archived already. Two round trips.
    pub async fn archive_profile(&self, retention: Duration) -> Result<(), StoreError> {
        self.read(&[]).await?;
        self.archive(retention).await
    }

    /// Archives the profile, after a check of the session.
    pub(super) async fn archive(&self, retention: Duration) -> Result<(), StoreError> {
        let now = self.store.clock.now();
        let update = Write::update(&keys::profile(self.user()))
            .set("archived_at", item::s(now.to_string()))
            .set("updated_at", item::s(now.to_string()))
            .set("ttl", item::n(now.plus(retention).seconds()))
            .when(Condition::new("attribute_exists(pk) AND attribute_not_exists(archived_at)"));
        match self.store.send(update).await {
            Ok(_) => Ok(()),
            Err(WriteError::ConditionFailed(_, Some(profile))) if archived_at(&profile, now) => {
                Ok(())
            }
            Err(WriteError::ConditionFailed(..)) => Err(StoreError::NotFound),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether the profile was archived by this very request, whose response was lost.
fn archived_at(profile: &Item, now: Timestamp) -> bool {
    item::text(profile, "archived_at").is_ok_and(|at| at == now.to_string())
}
