//! What all users share.

use crate::record::Record;
use crate::user::Mix;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Of what is wrong, so much is kept; the rest is only counted.
const KEPT: usize = 40;

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
pub struct Wrong(Mutex<(Vec<String>, usize)>);

impl Wrong {
    /// Notes one thing.
    pub fn note(&self, text: String) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.1 += 1;
        if found.0.len() < KEPT {
            found.0.push(text);
        }
    }

    /// The first ones, and how many there are.
    pub fn all(&self) -> (Vec<String>, usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
