//! The rows of the table.

use std::collections::BTreeSet;

use shared::model::{BackgroundUsed, ContentType, Tally, UserGroup};

use super::background;
use super::ratings::Ratings;

/// Nothing is told of fewer users, and no ratings of fewer.
pub const MIN_USERS: usize = 5;

/// What the interactions of a row have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// What kind of content it was.
    pub content_type: ContentType,
    /// The background and the version of the notes.
    pub background: BackgroundUsed,
}

/// How often content was made, and how it was rated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// The number of interactions.
    pub interactions: u64,
    /// All ratings; [`Totals::ratings`] has those that may be told.
    all_ratings: Ratings,
    /// The groups of the users, of whom there are at least as many.
    pub groups: BTreeSet<UserGroup>,
    /// Those of users who have rated.
    rated_groups: BTreeSet<UserGroup>,
}

/// A row: what is alike, and how it was rated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What is alike.
    pub kind: Kind,
    /// How it was rated.
    pub totals: Totals,
}

impl Kind {
    /// That of a row of the table.
    pub fn of(tally: &Tally) -> Self {
        let content_type = tally.content_type.clone();
        Self { content_type, background: tally.background_used }
    }

    /// Sorts kinds; those of the same content type and notes follow one another.
    pub fn order(&self) -> (String, u32, [u8; 2]) {
        let content_type = self.content_type.as_str().to_owned();
        (content_type, self.background.notes_version, background::order(self.background))
    }

    /// Whether both have the same content type and notes.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.content_type == other.content_type
            && self.background.notes_version == other.background.notes_version
    }

    /// Whether both have the same content type and background.
    pub fn is_same_background(&self, other: &Self) -> bool {
        self.content_type == other.content_type
            && background::order(self.background) == background::order(other.background)
    }
}

impl Totals {
    /// Adds a row of the table.
    pub fn count(&mut self, tally: &Tally) {
        self.add(&Self {
            interactions: tally.count,
            all_ratings: Ratings::of(tally),
            groups: tally.groups.clone(),
            rated_groups: tally.rated_groups.clone(),
        });
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.interactions = self.interactions.saturating_add(other.interactions);
        self.all_ratings.add(&other.all_ratings);
        self.groups.extend(&other.groups);
        self.rated_groups.extend(&other.rated_groups);
    }

    /// Whether enough users are behind it to tell of it.
    pub fn may_be_told(&self) -> bool {
        self.groups.len() >= MIN_USERS
    }

    /// The ratings, unless they are of fewer users than may be told of.
    pub fn ratings(&self) -> Option<&Ratings> {
        Some(&self.all_ratings).filter(|_| self.rated_groups.len() >= MIN_USERS)
    }
}
