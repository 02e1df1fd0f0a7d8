//! Certificates.

use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::*;

/// A server's TLS, and its certificate as PEM.
fn identity() -> (TlsAcceptor, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let private = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), certificate.pem().into_bytes())
}

#[tokio::test]
async fn only_a_trusted_server_is_asked() {
    let (tls, pem) = identity();
    let script = streamed(&[says("a"), ends("stop"), done()]);
    let server = Server::start_tls(vec![script], tls).await;
    let url = format!("https://localhost:{}", server.port);
    let stranger = ask(&OpenAi::new(config(url.clone())), &prompt("?")).await.1.unwrap_err();
    assert!(matches!(&stranger, AssistantError::Unreachable(_)), "{stranger}");
    assert!(server.requests().is_empty());
    let trusting = OpenAiConfig { ca_bundle: Some(pem), ..config(url) };
    assert_eq!(ask(&OpenAi::new(trusting), &prompt("?")).await.0, ["a"]);
}
