#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{BackgroundUsed, ContentType, Interaction};
use crate::digest::sha256;
use crate::id::UserId;

/// The interactions of one day, in UTC, of one content type that were personalized in the same way.
/// It has no data of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// The day, such as `2026-01-31`.
    pub date: String,
    /// What kind of content it was.
    pub content_type: ContentType,
    /// The background and the version of the notes that it was personalized with.
    pub background_used: BackgroundUsed,
    /// The number of interactions.
    pub count: u64,
    /// How many of them have a rating.
    pub rated: u64,
    /// The sum of the ratings, in hundredths.
    pub sum: u64,
    /// The sum of the squares of the ratings in hundredths, which gives their variance.
    pub squares: u64,
    /// How many ratings are nearest to 0, 1, 2, 3, 4 and 5; a half goes up.
    pub distribution: [u64; 6],
    /// The [groups](UserGroup) that the users are in. There are at least as many users as groups, also
    /// where the groups of several days or of several rows are united.
    pub groups: BTreeSet<UserGroup>,
    /// Those of the users who have rated.
    pub rated_groups: BTreeSet<UserGroup>,
}

/// One of 64 groups that all users are in, by their ids. It tells whether interactions are of several
/// users, and does not tell who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserGroup(pub u8);

impl UserGroup {
    /// How many groups there are.
    pub const COUNT: u8 = 64;

    /// The group that a user is in.
    pub fn of(user: &UserId) -> Self {
        // What stays of an erased user is a hash of the id alone. It must not lead to the group.
        let digest = sha256(&[b"group of ", user.as_str().as_bytes()]);
        Self(digest.as_ref().first().map_or(0, |byte| byte % Self::COUNT))
    }
}

/// What a tally counts of an interaction. The table has it as a number: the rating in hundredths, or -1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum Counted {
    /// That it happened.
    Unrated,
    /// That it happened, and this rating in hundredths.
    Rated(u16),
}

impl Counted {
    const UNRATED: i64 = -1;
}

impl From<&Interaction> for Counted {
    fn from(interaction: &Interaction) -> Self {
        let rating = interaction.personalization_effectiveness;
        rating.map_or(Self::Unrated, |rating| Self::Rated(rating.hundredths()))
    }
}

impl From<Counted> for i64 {
    fn from(counted: Counted) -> Self {
        match counted {
            Counted::Unrated => Counted::UNRATED,
            Counted::Rated(hundredths) => hundredths.into(),
        }
    }
}

impl TryFrom<i64> for Counted {
    type Error = std::num::TryFromIntError;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        if number == Self::UNRATED { Ok(Self::Unrated) } else { number.try_into().map(Self::Rated) }
    }
}

/// What interactions change in a tally. A rating that takes the place of another one takes that one out,
/// so the numbers may be negative.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TallyChange {
    /// More interactions.
    pub count: i64,
    /// More of them with a rating.
    pub rated: i64,
    /// What is added to the sum of the ratings in hundredths.
    pub sum: i64,
    /// What is added to the sum of their squares.
    pub squares: i64,
    /// What is added to the number of ratings nearest to 0, 1, 2, 3, 4 and 5.
    pub distribution: [i64; 6],
    /// The groups that the users are in.
    pub groups: BTreeSet<UserGroup>,
    /// Those of the users who have rated.
    pub rated_groups: BTreeSet<UserGroup>,
}

impl TallyChange {
    /// Counts an interaction of a user as it is `now`, in place of what was counted `before`.
    pub fn add(&mut self, user: &UserId, before: Option<Counted>, now: Counted) {
        let group = UserGroup::of(user);
        self.groups.insert(group);
        self.count += i64::from(before.is_none());
        if let Some(Counted::Rated(rating)) = before {
            self.add_rating(rating, -1);
        }
        if let Counted::Rated(rating) = now {
            self.rated_groups.insert(group);
            self.add_rating(rating, 1);
        }
    }

    fn add_rating(&mut self, hundredths: u16, times: i64) {
        let rating = i64::from(hundredths);
        self.rated += times;
        self.sum += times * rating;
        self.squares += times * rating * rating;
        let nearest = usize::from((hundredths + 50) / 100);
        if let Some(ratings) = self.distribution.get_mut(nearest) {
            *ratings += times;
        }
    }
}
