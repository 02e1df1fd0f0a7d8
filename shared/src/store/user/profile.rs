use std::time::Duration;

use super::super::write::WriteError;
use super::super::{StoreError, item, keys};
use super::UserStore;
use crate::model::{Background, Profile};

impl UserStore<'_> {
    /// The background profile; an archived one reads as none. One round trip, 3 read units.
    pub async fn profile(&self) -> Result<Option<Profile>, StoreError> {
        let key = keys::profile(self.user());
        let profile: Option<Profile> = self.read(std::slice::from_ref(&key)).await?.take(&key)?;
        Ok(profile.and_then(Profile::unless_archived))
    }

    /// Makes, changes or revives the profile; `created_at` stays. Two round trips.
    pub async fn put_profile(&self, background: Background) -> Result<Profile, StoreError> {
        self.read(&[]).await?;
        self.write_profile(background).await
    }

    /// Makes, changes or revives the profile of a session that holds.
    pub(super) async fn write_profile(
        &self,
        background: Background,
    ) -> Result<Profile, StoreError> {
        let key = keys::profile(self.user());
        let now = self.store.clock.now();
        let row = item::write(
            key.clone(),
            "profile",
            &Profile::new(self.user().clone(), background, now),
        )?;
        let mut update = self
            .store
            .update(&key)
            .update_expression(
                "SET user_id = :user_id, software_level = :software_level, \
                 hardware_background = :hardware_background, updated_at = :updated_at, \
                 created_at = if_not_exists(created_at, :created_at), kind = :kind, v = :v \
                 REMOVE archived_at, #ttl",
            )
            .expression_attribute_names("#ttl", "ttl")
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew);
        for (name, value) in row.into_iter().filter(|(name, _)| name != "pk" && name != "sk") {
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        item::read(self.store.send_update(update).await?)
    }

    /// Archives the profile: it reads as none at once and is removed after `retention`.
    /// [`StoreError::NotFound`] if there is none or it is archived already. Two round trips.
    pub async fn archive_profile(&self, retention: Duration) -> Result<(), StoreError> {
        self.read(&[]).await?;
        self.archive(retention).await
    }

    /// Archives the profile of a session that holds.
    pub(super) async fn archive(&self, retention: Duration) -> Result<(), StoreError> {
        let key = keys::profile(self.user());
        let now = self.store.clock.now();
        let update = self
            .store
            .update(&key)
            .update_expression("SET archived_at = :now, updated_at = :now, #ttl = :ttl")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(archived_at)")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":now", item::s(now.to_string()))
            .expression_attribute_values(":ttl", item::n(now.plus(retention).seconds()));
        match self.store.send_update(update).await {
            Ok(_) => Ok(()),
            Err(WriteError::ConditionFailed(_, Some(profile))) if archived_at(&profile, now) => {
                Ok(())
            }
            Err(WriteError::ConditionFailed(..)) => Err(StoreError::NotFound),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether the profile was archived by this very request, whose reply was lost.
fn archived_at(profile: &item::Item, now: crate::clock::Timestamp) -> bool {
    item::text(profile, "archived_at").is_ok_and(|at| at == now.to_string())
}
