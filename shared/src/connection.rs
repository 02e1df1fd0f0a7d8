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
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, Der, TrustAnchor};
use secrecy::ExposeSecret;
use webpki_roots::TLS_SERVER_ROOTS;

use self::connecting::Connecting;
use self::http1::Http1;
use crate::config::CredentialsConfig;

/// The roots of AWS's own endpoints.
static AMAZON_ROOTS: [TrustAnchor<'static>; 5] =
    include!(concat!(env!("OUT_DIR"), "/amazon_roots.rs"));

/// Maximum connections that stay open between calls. A function that was frozen for long finds them
/// dead without a word, and each of them then costs a try: that must be less than the SDK's three.
pub(crate) const MAX_IDLE_CONNECTIONS: usize = 2;
/// How long a connection stays open between calls: less than the minutes after which gateways on the
/// way forget it.
const IDLE: Duration = Duration::from_secs(30);

/// Connects to hosts of others. It trusts Mozilla's list, or instead of it the certificates of a bundle in
/// PEM. Connections stay open between calls.
pub(crate) fn connector_to_others(
    ca_bundle: Option<&[u8]>,
    connect_timeout: Duration,
) -> SharedHttpConnector {
    connector(bundle_or(ca_bundle, TLS_SERVER_ROOTS), connect_timeout)
}

fn connector(roots: RootCertStore, connect_timeout: Duration) -> SharedHttpConnector {
    SharedHttpConnector::new(Http1::new(Connecting::new(roots, connect_timeout)))
}

/// The HTTP client of an AWS service; `ca_bundle` replaces Amazon's roots. The SDK asks for its
/// connector twice and gets the same one.
pub(crate) fn aws_client(
    ca_bundle: Option<Vec<u8>>,
    connect_timeout: Duration,
) -> SharedHttpClient {
    let once = OnceLock::<SharedHttpConnector>::new();
    http_client_fn(move |_, _| {
        let roots = || bundle_or(ca_bundle.as_deref(), &AMAZON_ROOTS);
        once.get_or_init(|| connector(roots(), connect_timeout)).clone()
    })
}

/// The roots of a bundle of certificates in PEM, or these if there is none.
fn bundle_or(bundle: Option<&[u8]>, roots: &[TrustAnchor<'static>]) -> RootCertStore {
    let Some(bundle) = bundle else { return roots.iter().cloned().collect() };
    let mut store = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(bundle) {
        let added = root.map_err(BoxError::from).and_then(|root| Ok(store.add(root)?));
        if let Err(error) = added {
            tracing::warn!(error, "a trust root can't be read");
        }
    }
    store
}

/// A root of the list that `build.rs` writes, by its subject and its key as certificates have them.
const fn root(subject: &'static [u8], key: &'static [u8]) -> TrustAnchor<'static> {
    TrustAnchor {
        subject: Der::from_slice(subject),
        subject_public_key_info: Der::from_slice(key),
        name_constraints: None,
    }
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
