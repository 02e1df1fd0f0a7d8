use std::time::Duration;

use super::super::item;
use super::super::part::Condition;
use super::super::write::WriteError;
use super::super::{StoreError, keys};
use super::UserStore;
use crate::model::{Account, Background, Change, HardwareBackground, Session, SoftwareLevel};
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
    /// Both answers: makes, changes or revives the profile.
    Both(Background),
    /// One answer of a profile that there is.
    SoftwareLevel(SoftwareLevel),
    /// The other answer of a profile that there is.
    HardwareBackground(HardwareBackground),
    /// Archives the profile, if there is one.
    Archive {
        /// How long the archived profile is kept.
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

    /// Changes the account, and the profile before it; done again, it changes nothing more. Two
    /// round trips, three with a change of the profile. [`StoreError::NotFound`], and nothing is
    /// written, if one answer is changed of a profile that there is not.
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
                self.set_answer("software_level", serde_dynamo::to_attribute_value(level)?).await
            }
            BackgroundChange::HardwareBackground(background) => {
                let value = serde_dynamo::to_attribute_value(background)?;
                self.set_answer("hardware_background", value).await
            }
            BackgroundChange::Archive { retention } => match self.archive(retention).await {
                Err(StoreError::NotFound) => Ok(()),
                outcome => outcome,
            },
        }
    }

    async fn set_answer(
        &self,
        name: &str,
        value: aws_sdk_dynamodb::types::AttributeValue,
    ) -> Result<(), StoreError> {
        let now = self.store.clock.now();
        let update = self
            .store
            .update(&keys::profile(self.user()))
            .update_expression(format!("SET {name} = :value, updated_at = :now"))
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(archived_at)")
            .expression_attribute_values(":value", value)
            .expression_attribute_values(":now", item::s(now.to_string()));
        match self.store.send_update(update).await {
            Err(WriteError::ConditionFailed(..)) => Err(StoreError::NotFound),
            outcome => outcome.map(drop).map_err(StoreError::from),
        }
    }

    async fn update_account(&self, change: &UserChange) -> Result<(), StoreError> {
        let mut set = String::from("SET updated_at = :now");
        let mut update = self
            .store
            .update(&keys::account(self.user()))
            .condition_expression(Condition::present().expression)
            .expression_attribute_values(":now", item::s(self.store.clock.now().to_string()));
        let name = match &change.name {
            Change::Keep => None,
            Change::Clear => Some(""),
            Change::Set(name) => Some(name.as_str()),
        };
        if let Some(name) = name {
            set.push_str(", #name = :name");
            update = update
                .expression_attribute_names("#name", "name")
                .expression_attribute_values(":name", item::s(name));
        }
        match &change.image {
            Change::Keep => {}
            Change::Clear => set.push_str(" REMOVE image"),
            Change::Set(image) => {
                set.push_str(", image = :image");
                update = update.expression_attribute_values(":image", item::s(image.as_str()));
            }
        }
        match self.store.send_update(update.update_expression(set)).await {
            Err(WriteError::ConditionFailed(..)) => Err(StoreError::SignedOut),
            outcome => outcome.map(drop).map_err(StoreError::from),
        }
    }
}
