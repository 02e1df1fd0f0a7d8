//! How a connection is made: TCP, then TLS for https, both before one deadline.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use hyper::Uri;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use tower_service::Service;

type Https = HttpsConnector<HttpConnector>;

/// Connects to http and https, for which it trusts certain roots.
#[derive(Debug, Clone)]
pub(super) struct Connecting {
    https: Https,
    timeout: Duration,
}

impl Connecting {
    /// Connects to nothing yet.
    pub(super) fn new(roots: RootCertStore, timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        // A request is several small writes, which must not wait for each other's receipt.
        tcp.set_nodelay(true);
        let mut tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { https: HttpsConnector::from((tcp, tls)), timeout }
    }
}

impl Service<Uri> for Connecting {
    type Response = <Https as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.https.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connected = timeout(self.timeout, self.https.call(uri));
        Box::pin(async move { connected.await? })
    }
}
