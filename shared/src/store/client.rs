//! The DynamoDB client. What is built here was chosen for the cold start: trust roots of our own
//! instead of the system's bundle, credentials from the environment, one connector.

use std::sync::OnceLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Region, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use secrecy::ExposeSecret;

use crate::config::{CredentialsConfig, TableConfig};

const AMAZON_ROOTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/amazon-roots.pem"));

/// DynamoDB answers in milliseconds: a call that takes this long is better tried again.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
/// Most requests make three calls after one another at the most; whatever they wait for, a request
/// is answered with 503 before the function's own timeout of 15 seconds.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(3);
const FIRST_BACKOFF: Duration = Duration::from_millis(50);

pub(super) fn client(config: &TableConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let mut builder = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(config.region.clone()))
        .credentials_provider(credentials(&config.credentials))
        .http_client(http_client(config.ca_bundle.clone()))
        .retry_config(RetryConfig::standard().with_initial_backoff(FIRST_BACKOFF))
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(timeouts);
    builder.set_endpoint_url(config.endpoint.clone());
    Client::from_conf(builder.build())
}

fn credentials(config: &CredentialsConfig) -> Credentials {
    Credentials::new(
        &config.access_key_id,
        config.secret_access_key.expose_secret(),
        config.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
        None,
        "environment",
    )
}

/// The SDK asks for its connector twice, and each would parse the roots: one serves both.
fn http_client(ca_bundle: Option<Vec<u8>>) -> SharedHttpClient {
    let connector = OnceLock::<SharedHttpConnector>::new();
    http_client_fn(move |_, _| connector.get_or_init(|| connect(ca_bundle.as_deref())).clone())
}

fn connect(ca_bundle: Option<&[u8]>) -> SharedHttpConnector {
    let roots = TrustStore::empty().with_pem_certificate(ca_bundle.unwrap_or(AMAZON_ROOTS));
    let mut builder = Connector::builder()
        .connector_settings(
            HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build(),
        )
        .tls_provider(Provider::Rustls(CryptoMode::Ring));
    if let Ok(context) = TlsContext::builder().with_trust_store(roots).build() {
        builder = builder.tls_context(context);
    }
    SharedHttpConnector::new(builder.build())
}
