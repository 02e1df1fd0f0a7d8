//! The list of calls.

use super::Call;
use crate::http::lock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Contains the calls that have ended, and their order.
#[derive(Debug, Default)]
pub struct Recorder {
    clock: AtomicU64,
    delay_ms: AtomicU64,
    calls: Mutex<Vec<Call>>,
}

impl Recorder {
    /// Removes and returns the calls that ended since the last time, in the order of their
    /// beginnings. A call is here before its response reaches the function.
    pub fn take(&self) -> Vec<Call> {
        let mut calls = std::mem::take(&mut *lock(&self.calls));
        calls.sort_by_key(|call| call.started);
        calls
    }

    /// Delays every response from now on. Some 20 ms make calls that leave together overlap
    /// for certain, so that round trips are counted exactly.
    pub fn set_delay(&self, delay: Duration) {
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.delay_ms.store(millis, Ordering::Relaxed);
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms.load(Ordering::Relaxed))
    }

    pub(super) fn begin(self: &Arc<Self>, mut call: Call) -> Entry {
        call.started = self.tick();
        Entry { recorder: Arc::clone(self), call }
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }
}

/// A call under way. It is recorded when dropped, also when the caller died meanwhile.
pub(super) struct Entry {
    recorder: Arc<Recorder>,
    pub(super) call: Call,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.call.ended = self.recorder.tick();
        lock(&self.recorder.calls).push(self.call.clone());
    }
}
