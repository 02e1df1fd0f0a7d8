//! Connections to other hosts: HTTP/1.1 and one TLS stack, with trust roots in the binary instead of the
//! system's bundle, and credentials from the environment. All of it makes the cold start shorter.

mod connecting;
mod failure;
mod http1;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};
use secrecy::ExposeSecret;

use self::connecting::Connecting;
use self::http1::Http1;
use crate::config::CredentialsConfig;

/// The roots of AWS's own endpoints.
pub(crate) const AMAZON_ROOTS: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/amazon-roots.pem"));
/// Mozilla's list, for all other hosts.
pub(crate) const MOZILLA_ROOTS: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/mozilla-roots.pem"));

/// Maximum connections that stay open between calls. A function that was frozen for long finds them
/// dead without a word, and each of them then costs a try: that must be less than the SDK's three.
pub(crate) const MAX_IDLE_CONNECTIONS: usize = 2;
/// How long a connection stays open between calls: less than the minutes after which gateways on the
/// way forget it.
const IDLE: Duration = Duration::from_secs(30);

/// Connects to hosts whose certificates lead to these roots. Connections stay open between calls.
pub(crate) fn connector(roots: &[u8], connect_timeout: Duration) -> SharedHttpConnector {
    SharedHttpConnector::new(Http1::new(Connecting::new(roots, connect_timeout)))
}

/// The HTTP client of an AWS service; `ca_bundle` replaces Amazon's roots. The SDK asks for its
/// connector twice and gets the same one, so that the roots are parsed once.
pub(crate) fn aws_client(
    ca_bundle: Option<Vec<u8>>,
    connect_timeout: Duration,
) -> SharedHttpClient {
    let once = OnceLock::<SharedHttpConnector>::new();
    http_client_fn(move |_, _| {
        let roots = ca_bundle.as_deref().unwrap_or(AMAZON_ROOTS);
        once.get_or_init(|| connector(roots, connect_timeout)).clone()
    })
}

/// The role's credentials as the SDK takes them.
pub(crate) fn credentials(config: &CredentialsConfig) -> Credentials {
    Credentials::new(
        &config.access_key_id,
        config.secret_access_key.expose_secret(),
        config.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
        None,
        "environment",
    )
}
