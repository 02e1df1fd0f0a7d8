use proptest::prelude::*;

use super::*;
use crate::model::Effectiveness;

/// Interactions of one tally, with what is counted of each, as the table has both.
#[derive(Debug, Clone)]
struct Row {
    user: UserId,
    now: Counted,
    mark: Option<Counted>,
}

#[derive(Debug, Clone)]
enum Event {
    /// Somebody rates this interaction.
    Rate(usize, u16),
    /// The stream gives these interactions in one batch, which may name one twice.
    Deliver(Vec<usize>),
}

fn event() -> impl Strategy<Value = Event> {
    let row = 0_usize..6;
    prop_oneof![
        (row.clone(), 0_u16..=500).prop_map(|(row, rating)| Event::Rate(row, rating)),
        prop::collection::vec(row, 1..8).prop_map(Event::Deliver),
    ]
}

/// Six interactions of three users.
fn rows() -> Vec<Row> {
    let user = |n: usize| UserId::try_from(format!("user{:028}", n / 2)).unwrap();
    (0..6).map(|n| Row { user: user(n), now: Counted::Unrated, mark: None }).collect()
}

/// What the stream's consumer does with a batch: the change of the tally, and the new marks.
fn deliver(rows: &mut [Row], batch: impl IntoIterator<Item = usize>) -> TallyChange {
    let mut change = TallyChange::default();
    for row in batch.into_iter().collect::<BTreeSet<_>>() {
        let row = &mut rows[row];
        if row.mark != Some(row.now) {
            change.add(&row.user, row.mark, row.now);
            row.mark = Some(row.now);
        }
    }
    change
}

/// What the table does with an update that adds.
fn apply(tally: &mut TallyChange, change: TallyChange) {
    tally.count += change.count;
    tally.rated += change.rated;
    tally.sum += change.sum;
    tally.squares += change.squares;
    for (ratings, more) in tally.distribution.iter_mut().zip(change.distribution) {
        *ratings += more;
        assert!(*ratings >= 0);
    }
    tally.groups.extend(change.groups);
    tally.rated_groups.extend(change.rated_groups);
}

/// All interactions, counted afresh.
fn afresh(rows: &[Row]) -> TallyChange {
    let ratings: Vec<i64> = rows
        .iter()
        .filter_map(|row| match row.now {
            Counted::Rated(rating) => Some(rating.into()),
            Counted::Unrated => None,
        })
        .collect();
    let nearest = |wanted: i64| {
        let is_nearest =
            |rating: &&i64| **rating >= wanted * 100 - 50 && **rating < wanted * 100 + 50;
        ratings.iter().filter(is_nearest).count().try_into().unwrap()
    };
    TallyChange {
        count: rows.len().try_into().unwrap(),
        rated: ratings.len().try_into().unwrap(),
        sum: ratings.iter().sum(),
        squares: ratings.iter().map(|rating| rating * rating).sum(),
        distribution: [0, 1, 2, 3, 4, 5].map(nearest),
        groups: rows.iter().map(|row| UserGroup::of(&row.user)).collect(),
        rated_groups: rows
            .iter()
            .filter(|row| row.now != Counted::Unrated)
            .map(|row| UserGroup::of(&row.user))
            .collect(),
    }
}

proptest! {
    #[test]
    fn any_order_of_ratings_and_deliveries_gives_what_counting_afresh_gives(
        events in prop::collection::vec(event(), 0..40),
    ) {
        let (mut rows, mut tally) = (rows(), TallyChange::default());
        for event in events {
            match event {
                Event::Rate(row, rating) => rows[row].now = Counted::Rated(rating),
                Event::Deliver(batch) => apply(&mut tally, deliver(&mut rows, batch)),
            }
        }
        apply(&mut tally, deliver(&mut rows, 0..6));
        prop_assert_eq!(&tally, &afresh(&rows));
        let again = deliver(&mut rows, 0..6);
        prop_assert_eq!(again, TallyChange::default());
    }

    #[test]
    fn what_is_counted_survives_the_table(rating in 0_u16..=500) {
        for counted in [Counted::Unrated, Counted::Rated(rating)] {
            let text = serde_json::to_string(&counted).unwrap();
            prop_assert_eq!(serde_json::from_str::<Counted>(&text).unwrap(), counted);
        }
    }
}

#[test]
fn a_rating_is_its_hundredths() {
    for hundredths in 0..=500_u16 {
        let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        let rating: Effectiveness = serde_json::from_str(&text).unwrap();
        assert_eq!(rating.hundredths(), hundredths);
    }
}

#[test]
fn users_are_in_all_groups_and_a_hash_of_the_id_does_not_say_in_which() {
    let users: Vec<UserId> = (0..2_000).map(|_| UserId::random()).collect();
    let groups: BTreeSet<UserGroup> = users.iter().map(UserGroup::of).collect();
    assert_eq!(groups.len(), usize::from(UserGroup::COUNT));
    let plain = |user: &UserId| sha256(&[user.as_str().as_bytes()]).as_ref()[0] % UserGroup::COUNT;
    let same = users.iter().filter(|user| UserGroup::of(user).0 == plain(user)).count();
    assert!(same < 200, "{same} of 2,000, where chance makes about 31");
}
