use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::ConfigBag;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_types::config_bag::{Storable, StoreReplace};

use super::{TRY_TIMEOUT, timeouts};
use crate::clock::{Clock, Timestamp};
use crate::connection::MAX_IDLE_CONNECTIONS;

/// After this long without a response, a connection may be dead without our knowing: gateways on the
/// way forget connections while Lambda has frozen the function.
const PAUSE: Duration = Duration::from_secs(10);
/// How long a try then waits.
const SHORT_TIMEOUT: Duration = Duration::from_millis(300);

/// Marks a call whose tries are short.
#[derive(Debug)]
struct Short;

impl Storable for Short {
    type Storer = StoreReplace<Self>;
}

/// Shortens the first tries of a call after a pause, so that dead connections cost little: as many tries
/// as connections are kept. After those, or after a response, a try has the usual time.
#[derive(Debug)]
pub(super) struct AfterPause {
    clock: Clock,
    /// When the last try ended with a response, in milliseconds.
    responded_at: AtomicI64,
}

impl AfterPause {
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
            config.interceptor_state().store_put(timeouts(SHORT_TIMEOUT)).store_put(Short);
        }
    }

    /// Sets how long the next try waits, after one that ended with a response or without.
    pub(super) fn end(&self, has_response: bool, config: &mut ConfigBag) {
        if has_response {
            self.responded_at.store(self.clock.now().milliseconds(), Ordering::Relaxed);
        }
        // Most calls are not after a pause, and need nothing.
        if config.load::<Short>().is_none() {
            return;
        }
        let tries = config.load::<RequestAttempts>().map_or(0, RequestAttempts::attempts);
        if has_response || usize::try_from(tries).is_ok_and(|tries| tries >= MAX_IDLE_CONNECTIONS) {
            config.interceptor_state().store_put(timeouts(TRY_TIMEOUT));
        }
    }
}
