use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// How long an instance uses what a provider says of itself: one hour.
const LIFETIME: Duration = Duration::from_hours(1);

/// The last thing of its kind that a provider has sent.
#[derive(Debug)]
pub(super) struct Remembered<T>(Mutex<Option<(Timestamp, Arc<T>)>>);

impl<T> Remembered<T> {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self(Mutex::new(None))
    }

    /// The thing, unless it is old.
    pub(super) fn get(&self, now: Timestamp) -> Option<Arc<T>> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, thing) = remembered.as_ref()?;
        (since.until(now) < LIFETIME).then(|| Arc::clone(thing))
    }

    /// Remembers a thing in place of the last one.
    pub(super) fn set(&self, now: Timestamp, thing: T) -> Arc<T> {
        let thing = Arc::new(thing);
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *remembered = Some((now, Arc::clone(&thing)));
        thing
    }
}
