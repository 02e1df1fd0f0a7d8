use serde::Serialize;

use super::{Account, HardwareBackground, Profile, SoftwareLevel};
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::text::{Email, Image, Name};

/// A user as Better Auth's client sees one: the account, with the background profile as
/// additional fields.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    email_verified: bool,
    image: Option<Image>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(rename = "software_level")]
    software_level: Option<SoftwareLevel>,
    #[serde(rename = "hardware_background")]
    hardware_background: Option<HardwareBackground>,
    pub(crate) id: UserId,
}

impl User {
    /// The user of an account, and of its profile unless that is archived.
    pub fn new(account: Account, profile: Option<&Profile>) -> Self {
        Self {
            name: account.name,
            email: Some(account.email),
            email_verified: account.email_verified,
            image: account.image,
            created_at: account.created_at,
            updated_at: account.updated_at,
            software_level: profile.map(|profile| profile.software_level),
            hardware_background: profile.map(|profile| profile.hardware_background),
            id: account.user_id,
        }
    }

    /// The user's id.
    pub fn id(&self) -> &UserId {
        &self.id
    }

    /// The user as a token for other services names one. Whoever signed up first may have an address
    /// that is somebody else's, so one that is not verified is left out unless `unverified` is true. A
    /// picture that is not an address is left out too: the token is sent in headers.
    #[must_use]
    pub fn for_others(&self, unverified: bool) -> Self {
        let mut user = self.clone();
        user.email = user.email.filter(|_| self.email_verified || unverified);
        user.image = user.image.filter(|image| !image.is_data());
        user
    }
}
