use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::ConfigBag;

use super::{TRY_TIMEOUT, timeouts};
use crate::clock::{Clock, Timestamp};

/// After this long without a response, a connection may be dead without our knowing: gateways on the
/// way forget connections while Lambda has frozen the function.
const PAUSE: Duration = Duration::from_secs(10);
/// How long the first try of a call then waits.
const FIRST_TRY_TIMEOUT: Duration = Duration::from_millis(300);

/// Shortens the first try of a call after a pause, so that a dead connection costs little. The next
/// try has the usual time.
#[derive(Debug)]
pub(super) struct FirstTry {
    clock: Clock,
    /// When the last try ended with a response, in milliseconds.
    responded_at: AtomicI64,
}

impl FirstTry {
    pub(super) fn new(clock: Clock) -> Self {
        // Nothing is idle yet.
        let responded_at = AtomicI64::new(i64::MAX);
        Self { clock, responded_at }
    }

    fn is_after_pause(&self) -> bool {
        let responded_at = self.responded_at.load(Ordering::Relaxed);
        Timestamp::from_milliseconds(responded_at).plus(PAUSE) < self.clock.now()
    }

    /// Sets how long the first try of a call waits.
    pub(super) fn begin(&self, config: &mut ConfigBag) {
        if self.is_after_pause() {
            config.interceptor_state().store_put(timeouts(FIRST_TRY_TIMEOUT));
        }
    }

    /// Sets how long the next try waits, after one that ended with a response or without.
    pub(super) fn end(&self, has_response: bool, config: &mut ConfigBag) {
        config.interceptor_state().store_put(timeouts(TRY_TIMEOUT));
        if has_response {
            self.responded_at.store(self.clock.now().milliseconds(), Ordering::Relaxed);
        }
    }
}
