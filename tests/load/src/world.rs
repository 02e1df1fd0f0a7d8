//! What all users share.

use crate::record::Record;
use crate::user::Mix;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Of what is wrong, so much is kept; the rest is only counted.
const KEPT: usize = 60;
/// So much of it of one account: what follows from the first thing would hide others.
const KEPT_OF_ONE: usize = 3;

/// The run that the users are part of.
#[derive(Debug)]
pub struct World {
    /// Where the gateway is.
    pub url: String,
    /// What the users do.
    pub mix: Mix,
    /// Whether things break.
    pub faults: bool,
    /// A user's pause between two actions, on average.
    pub pause: Duration,
    /// When the users end.
    pub ends: Instant,
    /// Every request.
    pub record: Record,
    /// What must not be.
    pub wrong: Wrong,
}

impl World {
    /// A place where nothing breaks, nobody pauses, and the time of the users is over.
    pub fn new(url: String, mix: Mix) -> Self {
        Self {
            url,
            mix,
            faults: false,
            pause: Duration::ZERO,
            ends: Instant::now(),
            record: Record::new(),
            wrong: Wrong::default(),
        }
    }

    /// Whether the users go on.
    pub fn goes_on(&self) -> bool {
        Instant::now() < self.ends
    }
}

/// What must not be.
#[derive(Debug, Default)]
pub struct Wrong(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    texts: Vec<String>,
    count: usize,
    by_account: BTreeMap<String, usize>,
}

impl Wrong {
    /// Notes one thing.
    pub fn note(&self, text: String) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.count += 1;
        if found.texts.len() < KEPT {
            found.texts.push(text);
        }
    }

    /// Notes one thing of an account, with what its user did before it if it is the account's first one.
    pub fn note_of(&self, account: &str, text: &str, before: impl FnOnce() -> String) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_account = found.by_account.entry(account.to_owned()).or_default();
        *of_account += 1;
        let number = *of_account;
        found.count += 1;
        if number <= KEPT_OF_ONE && found.texts.len() < KEPT {
            let before = if number == 1 { before() } else { String::new() };
            found.texts.push(format!("{account}: {text}{before}"));
        }
    }

    /// The first ones, and how many there are.
    pub fn all(&self) -> (Vec<String>, usize) {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (found.texts.clone(), found.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_hides_no_other() {
        let wrong = Wrong::default();
        for number in 0..200 {
            wrong.note_of("a", &number.to_string(), || " after this".to_owned());
        }
        wrong.note_of("b", "x", String::new);
        let (texts, count) = wrong.all();
        assert_eq!(count, 201);
        assert_eq!(texts, ["a: 0 after this", "a: 1", "a: 2", "b: x"]);
    }
}
