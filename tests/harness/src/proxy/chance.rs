//! Faults at random, which the same seed repeats.

use super::{Call, Effect};
use crate::http::lock;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Mutex;
use std::time::Duration;

/// How often calls meet a fault. It depends on the seed, the function, the operation, and which call of
/// these two it is, so that the same calls meet the same faults in each run.
#[derive(Debug, Clone, Copy)]
pub struct Chance {
    /// Chooses the calls.
    pub seed: u64,
    /// Of a thousand calls, so many meet a fault.
    pub per_mille: u64,
}

/// Faults in force, and how many calls have met each.
#[derive(Debug, Default)]
pub(super) struct Chances {
    chance: Mutex<Option<Chance>>,
    counts: Mutex<BTreeMap<(String, String), u64>>,
    hits: Mutex<BTreeMap<&'static str, usize>>,
}

impl Chances {
    pub(super) fn set(&self, chance: Option<Chance>) {
        *lock(&self.chance) = chance;
    }

    pub(super) fn hits(&self) -> BTreeMap<&'static str, usize> {
        lock(&self.hits).clone()
    }

    /// The fault that a call meets, if any.
    pub(super) fn pick(&self, call: &Call) -> Option<Effect> {
        let chance = (*lock(&self.chance))?;
        let count = {
            let mut counts = lock(&self.counts);
            let count = counts.entry((call.function.clone(), call.operation.clone())).or_default();
            *count += 1;
            *count
        };
        let mut hasher = DefaultHasher::new();
        (chance.seed, &call.function, &call.operation, count).hash(&mut hasher);
        let drawn = hasher.finish();
        if drawn % 1_000 >= chance.per_mille {
            return None;
        }
        let (name, effect) = fault(drawn / 1_000, &call.operation);
        *lock(&self.hits).entry(name).or_default() += 1;
        Some(effect)
    }
}

/// One of the faults that an operation can meet.
fn fault(drawn: u64, operation: &str) -> (&'static str, Effect) {
    match drawn % 8 {
        0 => ("throttled", Effect::Throttle),
        1 => ("throttled by the account", Effect::Throttling),
        2 => ("failed inside DynamoDB", Effect::InternalError),
        3 => ("reset", Effect::Reset),
        4 | 5 => ("done, response lost", Effect::LostResponse),
        6 if operation.starts_with("Batch") => ("left half undone", Effect::Unprocessed(1)),
        6 if operation == "TransactWriteItems" => ("in conflict", Effect::TransactionConflict),
        _ => ("delayed", Effect::Delay(Duration::from_millis(20 + drawn / 8 % 400))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn drawn(seed: u64, per_mille: u64) -> Vec<Option<Effect>> {
        let chances = Chances::default();
        chances.set(Some(Chance { seed, per_mille }));
        let call = Call::new("chat".to_owned(), "TransactWriteItems".to_owned(), &json!({}));
        let drawn: Vec<_> = (0..2_000).map(|_| chances.pick(&call)).collect();
        let met: usize = chances.hits().values().sum();
        assert_eq!(met, drawn.iter().flatten().count());
        drawn
    }

    #[test]
    fn a_seed_repeats_its_faults_in_about_the_share_that_was_asked_for() {
        assert_eq!(drawn(7, 50), drawn(7, 50));
        assert_ne!(drawn(7, 50), drawn(8, 50));
        let met = drawn(7, 50).iter().flatten().count();
        assert!((60..140).contains(&met), "{met} of 2,000");
        assert_eq!(drawn(7, 0).iter().flatten().count(), 0);
        assert!(drawn(7, 1_000).contains(&Some(Effect::TransactionConflict)));
    }
}
