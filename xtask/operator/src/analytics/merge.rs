//! The rows of all days, added up. Nothing leaves here that fewer than [`MIN_USERS`](super::row::MIN_USERS)
//! users are behind, and no total from which that could be subtracted.

use std::collections::BTreeMap;

use shared::model::Tally;

use super::row::{Kind, Row, Totals};

/// What may be told.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Rows of enough users, sorted by content type and notes.
    pub rows: Vec<Row>,
    /// All rows of too few users together, if these are enough users.
    pub others: Option<Totals>,
    /// Whether there are interactions that are in neither.
    pub is_incomplete: bool,
}

impl Table {
    /// Each line: the kind of a row, and `None` for the others.
    pub fn lines(&self) -> impl Iterator<Item = (Option<&Kind>, &Totals)> {
        let rows = self.rows.iter().map(|row| (Some(&row.kind), &row.totals));
        rows.chain(self.others.iter().map(|others| (None, others)))
    }
}

/// Adds the tallies of all days up.
pub fn table(tallies: &[Tally]) -> Table {
    let (rows, rest) = split(tallies);
    let has_rest = rest.interactions > 0;
    let others = Some(rest).filter(Totals::may_be_told);
    Table { is_incomplete: has_rest && others.is_none(), rows, others }
}

/// The rows of enough users, and all others together.
fn split(tallies: &[Tally]) -> (Vec<Row>, Totals) {
    let mut rows = BTreeMap::new();
    // What was deleted leaves a row of nothing.
    for tally in tallies.iter().filter(|tally| tally.count > 0) {
        let kind = Kind::of(tally);
        let new = || Row { kind: kind.clone(), totals: Totals::default() };
        rows.entry(kind.order()).or_insert_with(new).totals.count(tally);
    }
    let (rows, small): (Vec<Row>, Vec<Row>) =
        rows.into_values().partition(|row| row.totals.may_be_told());
    let mut others = Totals::default();
    for row in &small {
        others.add(&row.totals);
    }
    (rows, others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::row::MIN_USERS;
    use crate::analytics::tests::arbitrary::tallies;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_line_has_fewer_than_five_users(tallies in tallies()) {
            let table = table(&tallies);
            for (_, totals) in table.lines() {
                prop_assert!(totals.groups.len() >= MIN_USERS && totals.groups.len() >= 5);
            }
        }

        #[test]
        fn a_row_of_enough_users_is_shown(tallies in tallies()) {
            let table = table(&tallies);
            for tally in tallies.iter().filter(|tally| tally.groups.len() >= MIN_USERS) {
                prop_assert!(table.rows.iter().any(|row| row.kind == Kind::of(tally)));
            }
        }

        #[test]
        fn shown_and_hidden_are_all(tallies in tallies()) {
            let (rows, mut sum) = split(&tallies);
            let table = table(&tallies);
            prop_assert_eq!(&rows, &table.rows);
            if let Some(others) = &table.others {
                prop_assert_eq!(others, &sum);
            } else {
                prop_assert_eq!(table.is_incomplete, sum != Totals::default());
            }
            for row in &rows {
                sum.add(&row.totals);
            }
            let mut all = Totals::default();
            for tally in &tallies {
                all.count(tally);
            }
            prop_assert_eq!(sum, all);
        }
    }
}
