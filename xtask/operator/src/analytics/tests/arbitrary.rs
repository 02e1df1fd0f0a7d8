//! Tallies at random.

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use shared::model::{
    Background, BackgroundUsed, ContentType, HardwareBackground, SoftwareLevel, Tally, UserGroup,
};

use crate::analytics::ratings::Ratings;
use crate::analytics::ratings::tests::ratings;

/// A tally of one day.
pub fn tally(
    content_type: &str,
    background_used: BackgroundUsed,
    count: u64,
    ratings: Ratings,
    groups: BTreeSet<UserGroup>,
) -> Tally {
    // Each user rates once before one rates twice.
    let rated = usize::try_from(ratings.count).unwrap_or(usize::MAX);
    let empty = Tally {
        date: "2026-01-31".to_owned(),
        content_type: ContentType::try_from(content_type.to_owned()).unwrap(),
        background_used,
        count,
        rated: 0,
        sum: 0,
        squares: 0,
        distribution: [0; 6],
        rated_groups: groups.iter().copied().take(rated).collect(),
        groups,
    };
    ratings.into_tally(empty)
}

/// Of few kinds and of few users, so that they meet.
pub fn tallies() -> impl Strategy<Value = Vec<Tally>> {
    let rated = vec(0..=500_u64, 0..40).prop_map(|rated| ratings(&rated));
    vec(of(rated.prop_map(|ratings| (ratings.count + 1, ratings)).boxed()), 0..12)
}

/// With any numbers at all.
pub fn broken_tallies() -> impl Strategy<Value = Vec<Tally>> {
    let edge = || prop_oneof![any::<u64>(), Just(0), Just(1), Just(20), Just(u64::MAX)];
    let any = (edge(), edge(), edge(), edge(), proptest::array::uniform6(edge()));
    let broken = any.prop_map(|(count, rated, sum, squares, distribution)| {
        (count, Ratings::broken([rated, sum, squares], distribution))
    });
    vec(of(broken.boxed()), 0..12)
}

fn of(numbers: BoxedStrategy<(u64, Ratings)>) -> impl Strategy<Value = Tally> {
    let groups = btree_set((0..20_u8).prop_map(UserGroup), 1..9);
    let content_type = prop::sample::select(vec!["chat", "translation"]);
    (content_type, background(), 1..3_u32, numbers, groups).prop_map(
        |(content_type, background, notes_version, (count, ratings), groups)| {
            let background = BackgroundUsed { notes_version, ..background.into() };
            tally(content_type, background, count, ratings, groups)
        },
    )
}

fn background() -> impl Strategy<Value = Option<Background>> {
    let levels = vec![SoftwareLevel::Beginner, SoftwareLevel::Advanced];
    let hardware = vec![HardwareBackground::None, HardwareBackground::Robotics];
    prop::option::of((prop::sample::select(levels), prop::sample::select(hardware)).prop_map(
        |(software_level, hardware_background)| Background { software_level, hardware_background },
    ))
}
