//! What the command prints and writes, as a whole.

pub mod arbitrary;

use std::collections::BTreeSet;

use proptest::prelude::*;
use shared::clock::Timestamp;
use shared::model::{
    Background, BackgroundUsed, HardwareBackground, SoftwareLevel, Tally, UserGroup,
};

use super::merge::{Table, table};
use super::ratings::tests::ratings;
use super::read::Days;
use super::{csv, draw, print};

const BEGINNER: Background = Background {
    software_level: SoftwareLevel::Beginner,
    hardware_background: HardwareBackground::Robotics,
};
const ADVANCED: Background = Background {
    software_level: SoftwareLevel::Advanced,
    hardware_background: HardwareBackground::None,
};

fn days() -> Days {
    Days::until(Timestamp::parse("2026-01-31T12:00:00Z").unwrap(), 30)
}

/// A tally of one day; the ratings are in hundredths, and so many users gave them and more.
fn tally(
    content_type: &str,
    background: Option<Background>,
    notes_version: u32,
    users: u8,
    rated: &[u64],
) -> Tally {
    arbitrary::tally(
        content_type,
        BackgroundUsed { notes_version, ..background.into() },
        rated.len() as u64 * 3 + u64::from(users),
        ratings(rated),
        (0..users).map(UserGroup).collect(),
    )
}

/// Two days; beginners rate higher than others, and with new notes higher than before.
fn sample() -> Vec<Tally> {
    let (high, low) = ([500, 400, 450, 500, 350], [300, 200, 350, 400, 100]);
    let middle = [400, 350, 450, 300, 250];
    let mut tallies = Vec::new();
    for _ in 0..2 {
        tallies.extend([
            tally("chat", Some(BEGINNER), 2, 9, &high.repeat(6)),
            tally("chat", Some(BEGINNER), 1, 7, &low.repeat(5)),
            tally("chat", Some(ADVANCED), 2, 8, &middle.repeat(4)),
            tally("chat", None, 2, 12, &[high, low].concat().repeat(3)),
            tally("chat", Some(ADVANCED), 1, 6, &[400, 450]),
            tally("translation", Some(BEGINNER), 2, 4, &[100, 200, 500, 200]),
            tally("translation", None, 2, 5, &[400; 11]),
            tally("translation", None, 1, 5, &[]),
        ]);
    }
    // Another user, so that the others are five.
    let mut other = tally("summary", None, 2, 1, &[300]);
    other.groups = BTreeSet::from([UserGroup(40)]);
    other.rated_groups = other.groups.clone();
    tallies.push(other);
    tallies
}

#[test]
fn the_output_of_a_sample_is_this() {
    let table = table(&sample());
    assert_eq!(print::output(&table, &days()), include_str!("tests/sample.txt"));
    assert_eq!(csv::file(&table).replace("\r\n", "\n"), include_str!("tests/sample.csv"));
}

#[test]
fn the_picture_has_a_point_for_each_row_with_ratings() {
    let table = table(&sample());
    let svg = draw::picture(&table, &days()).unwrap();
    let with_ratings = table.lines().filter(|(_, totals)| totals.ratings().is_some()).count();
    assert_eq!(svg.matches("<circle").count(), with_ratings);
    for text in
        ["chat, notes 2", "beginner, robotics", "no profile", "others", "2026-01-02 to 2026-01-31"]
    {
        assert!(svg.contains(text), "{text}");
    }
}

#[test]
fn the_files_are_written_and_replaced() {
    let folder = std::env::temp_dir().join(format!("tessera-analytics-{}", std::process::id()));
    let table = table(&sample());
    for _ in 0..2 {
        super::write(&folder.join("of/users"), &table, &days()).unwrap();
    }
    let read = |name: &str| std::fs::read_to_string(folder.join("of/users").join(name)).unwrap();
    assert_eq!(read("analytics.csv"), csv::file(&table));
    assert!(read("analytics.svg").starts_with("<svg"));
    std::fs::remove_dir_all(folder).unwrap();
}

/// Ten users got something, four of them have rated it often.
#[test]
fn ratings_of_four_users_are_not_told() {
    let mut secret = tally("chat", Some(BEGINNER), 2, 10, &[123; 50]);
    secret.rated_groups = secret.groups.iter().copied().take(4).collect();
    let table = table(std::slice::from_ref(&secret));
    for told in
        [print::output(&table, &days()), csv::file(&table), draw::picture(&table, &days()).unwrap()]
    {
        assert!(!told.contains("1.23"), "{told}");
    }
    assert!(print::output(&table, &days()).contains("beginner, robotics"));
}

#[test]
fn nothing_is_told_of_four_users() {
    let secret = tally("chat", Some(BEGINNER), 2, 4, &[123; 50]);
    let alone = table(std::slice::from_ref(&secret));
    let text = print::output(&alone, &days());
    assert!(text.starts_with("There is nothing to show") && !text.contains("beginner"), "{text}");
    assert_eq!(csv::file(&alone).lines().count(), 1, "the head");

    let beside = table(&[secret, tally("chat", None, 2, 9, &[300, 400])]);
    let text = print::output(&beside, &days());
    assert!(text.contains("Some interactions are not shown"), "{text}");
    assert!(
        !text.contains("beginner") && !text.contains("154") && !text.contains("others"),
        "{text}"
    );
    assert!(
        text.contains(" few ") && !text.contains("3.50"),
        "few ratings are of few users: {text}"
    );
}

#[test]
fn without_a_difference_it_says_what_would_show_one() {
    let alike = [300, 400, 500, 200, 350].repeat(5);
    let rows = [tally("chat", None, 1, 9, &alike), tally("chat", Some(BEGINNER), 1, 9, &alike)];
    let text = print::output(&table(&rows), &days());
    assert!(text.contains("No difference is more than chance"), "{text}");
    assert!(text.contains("for 1 comparison)"), "two backgrounds are one comparison: {text}");
    assert!(text.contains("with about 70 ratings on each side"), "{text}");
}

#[test]
fn without_tallies_it_says_why_that_may_be() {
    let text = print::output(&table(&[]), &days());
    assert!(text.starts_with("Nothing was tallied for 2026-01-02 to 2026-01-31 (UTC)."), "{text}");
    let mut deleted = tally("chat", None, 1, 0, &[]);
    deleted.count = 0;
    assert_eq!(table(&[deleted]), table(&[]));
}

/// All that leaves the command.
fn everything(table: &Table) -> String {
    let picture = draw::picture(table, &days()).unwrap();
    [print::output(table, &days()), csv::file(table), picture].concat()
}

proptest! {
    #[test]
    fn nothing_is_no_number(tallies in arbitrary::tallies()) {
        let text = everything(&table(&tallies));
        prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{}", text);
    }

    /// A row that does not agree with itself, or with numbers that nobody reaches.
    #[test]
    fn not_even_of_a_broken_row(tallies in arbitrary::broken_tallies()) {
        let text = everything(&table(&tallies));
        prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{}", text);
    }
}
