use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::UserId;

/// How well a user knows software development.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SoftwareLevel {
    /// New to it.
    Beginner,
    /// Has built things.
    Intermediate,
    /// Does it for a living.
    Advanced,
}

impl SoftwareLevel {
    /// The level as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Intermediate => "intermediate",
            Self::Advanced => "advanced",
        }
    }
}

/// What a user knows of hardware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HardwareBackground {
    /// Robots.
    Robotics,
    /// Microcontrollers and similar.
    #[serde(rename = "embedded systems")]
    EmbeddedSystems,
    /// Nothing.
    None,
    /// Something else.
    Other,
}

impl HardwareBackground {
    /// The background as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Robotics => "robotics",
            Self::EmbeddedSystems => "embedded systems",
            Self::None => "none",
            Self::Other => "other",
        }
    }
}

/// The two fields of a background profile that the user chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// How well the user knows software development.
    pub software_level: SoftwareLevel,
    /// What the user knows of hardware.
    pub hardware_background: HardwareBackground,
}

/// A user's background profile; a user has one or none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Profile {
    /// Whose profile it is.
    pub user_id: UserId,
    /// How well the user knows software development.
    pub software_level: SoftwareLevel,
    /// What the user knows of hardware.
    pub hardware_background: HardwareBackground,
    /// When the profile was first made; an archived and revived profile keeps it.
    pub created_at: Timestamp,
    /// When the profile was last changed.
    pub updated_at: Timestamp,
    /// When the profile was archived; an archived profile reads as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Timestamp>,
}

impl Profile {
    /// A new profile of `user_id`.
    pub fn new(user_id: UserId, background: Background, now: Timestamp) -> Self {
        Self {
            user_id,
            software_level: background.software_level,
            hardware_background: background.hardware_background,
            created_at: now,
            updated_at: now,
            archived_at: None,
        }
    }

    /// The profile, unless it is archived: then it reads as none.
    pub fn unless_archived(self) -> Option<Self> {
        self.archived_at.is_none().then_some(self)
    }

    /// The two fields that the user chose.
    pub fn background(&self) -> Background {
        Background {
            software_level: self.software_level,
            hardware_background: self.hardware_background,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_choice_is_what_clients_send() {
        use {HardwareBackground as Hardware, SoftwareLevel as Level};
        for level in [Level::Beginner, Level::Intermediate, Level::Advanced] {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        }
        let all = [Hardware::Robotics, Hardware::EmbeddedSystems, Hardware::None, Hardware::Other];
        for hardware in all {
            assert_eq!(serde_json::to_value(hardware).unwrap(), hardware.as_str());
        }
    }
}
