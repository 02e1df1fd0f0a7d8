use std::time::Duration;

use super::UserStore;
use crate::model::{Account, Background, Change, HardwareBackground, Session, SoftwareLevel};
use crate::store::item::{self, AttributeValue};
use crate::store::write::{Condition, Write};
use crate::store::{StoreError, keys};
use crate::text::{Image, Name};

/// What a user changes.
#[derive(Debug, Default)]
pub struct UserChange {
    /// The display name.
    pub name: Change<Name>,
    /// The picture.
    pub image: Change<Image>,
    /// The background profile; `None` leaves it as it is.
    pub background: Option<BackgroundChange>,
}

/// What a user changes of the background profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackgroundChange {
    /// Both fields: makes, changes or revives the profile.
    Both(Background),
    /// One field of an existing profile.
    SoftwareLevel(SoftwareLevel),
    /// The other field of an existing profile.
    HardwareBackground(HardwareBackground),
    /// Archives the profile, if there is one.
    Archive {
        /// How long the archived profile stays stored.
        retention: Duration,
    },
}

impl UserChange {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.name == Change::Keep && self.image == Change::Keep && self.background.is_none()
    }
}

impl UserStore<'_> {
    /// The account; one round trip, 2 read units.
    pub async fn account(&self) -> Result<Account, StoreError> {
        Ok(self.read_with_session(&[]).await?.account)
    }

    /// Changes the profile, then the account; it may be repeated. Two round trips, three with a
    /// change of the profile. [`StoreError::NotFound`], and nothing is written, if one field of the
    /// profile is to change and there is no profile.
    pub async fn update_user(&self, change: &UserChange) -> Result<Session, StoreError> {
        let own = self.read_with_session(&[]).await?;
        if let Some(background) = change.background {
            self.change_background(background).await?;
        }
        self.update_account(change).await?;
        Ok(own.session)
    }

    async fn change_background(&self, change: BackgroundChange) -> Result<(), StoreError> {
        match change {
            BackgroundChange::Both(background) => self.write_profile(background).await.map(drop),
            BackgroundChange::SoftwareLevel(level) => {
                self.set_field("software_level", item::value(level)?).await
            }
            BackgroundChange::HardwareBackground(background) => {
                self.set_field("hardware_background", item::value(background)?).await
            }
            BackgroundChange::Archive { retention } => match self.archive(retention).await {
                Err(StoreError::NotFound) => Ok(()),
                outcome => outcome,
            },
        }
    }

    async fn set_field(&self, name: &str, value: AttributeValue) -> Result<(), StoreError> {
        let update = Write::update(&keys::profile(self.user()))
            .set(name, value)
            .set("updated_at", item::s(self.store.clock.now().to_string()))
            .when(Condition::new("attribute_exists(pk) AND attribute_not_exists(archived_at)"));
        let updated = self.store.send(update).await;
        updated.map(drop).map_err(|error| error.or(StoreError::NotFound))
    }

    async fn update_account(&self, change: &UserChange) -> Result<(), StoreError> {
        let now = item::s(self.store.clock.now().to_string());
        let mut update = Write::update(&keys::account(self.user())).set("updated_at", now);
        update = match &change.name {
            Change::Keep => update,
            Change::Clear => update.set("name", item::s("")),
            Change::Set(name) => update.set("name", item::s(name.as_str())),
        };
        update = match &change.image {
            Change::Keep => update,
            Change::Clear => update.remove(["image"]),
            Change::Set(image) => update.set("image", item::s(image.as_str())),
        };
        let updated = self.store.send(update.when(Condition::present())).await;
        updated.map(drop).map_err(|error| error.or(StoreError::SignedOut))
    }
}
