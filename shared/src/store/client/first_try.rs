use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;

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
}

impl Intercept for FirstTry {
    fn name(&self) -> &'static str {
        "FirstTry"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.is_after_pause() {
            config.interceptor_state().store_put(timeouts(FIRST_TRY_TIMEOUT));
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(timeouts(TRY_TIMEOUT));
        if context.response().is_some() {
            self.responded_at.store(self.clock.now().milliseconds(), Ordering::Relaxed);
        }
        Ok(())
    }
}
