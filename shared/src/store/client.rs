//! The DynamoDB client: its deadlines and retries.

mod after_pause;
mod calls;
mod count;
#[cfg(test)]
mod tests;

use std::time::Duration;

use after_pause::AfterPause;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Region, StalledStreamProtectionConfig};
use calls::Calls;

use crate::clock::Clock;
use crate::config::TableConfig;
use crate::connection::{aws_client, credentials};

/// DynamoDB responds within milliseconds: after this long, a retry is better than waiting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const TRY_TIMEOUT: Duration = Duration::from_secs(1);
/// Most requests make at most three calls one after another, so that they end with 503 before the
/// function's own timeout of 15 seconds.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(3);
const FIRST_BACKOFF: Duration = Duration::from_millis(50);

pub(super) fn client(config: &TableConfig, clock: Clock) -> Client {
    let mut builder = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(config.region.clone()))
        .credentials_provider(credentials(&config.credentials))
        .http_client(aws_client(config.ca_bundle.clone(), CONNECT_TIMEOUT));
    builder.set_endpoint_url(config.endpoint.clone());
    Client::from_conf(with_deadlines(builder, clock).build())
}

fn with_deadlines(builder: Builder, clock: Clock) -> Builder {
    builder
        .retry_config(RetryConfig::standard().with_initial_backoff(FIRST_BACKOFF))
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(timeouts(TRY_TIMEOUT))
        .interceptor(Calls(AfterPause::new(clock)))
}

fn timeouts(one_try: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(one_try)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}
