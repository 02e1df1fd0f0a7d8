use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

use super::*;

/// A host that speaks HTTP/2 as well, and its certificate as PEM.
struct Host {
    listener: TcpListener,
    tls: TlsAcceptor,
    root: String,
}

impl Host {
    async fn start() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let private = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener, tls: TlsAcceptor::from(Arc::new(config)), root: certificate.pem() }
    }

    fn request(&self) -> HttpRequest {
        let port = self.listener.local_addr().unwrap().port();
        HttpRequest::get(format!("https://localhost:{port}/")).unwrap()
    }

    async fn accept(&self) -> std::io::Result<TlsStream<tokio::net::TcpStream>> {
        self.tls.accept(self.listener.accept().await?.0).await
    }

    /// Calls with these roots. Gives what the caller gets, and the protocol that was agreed on.
    async fn call(&self, roots: &str) -> (Result<HttpResponse, ConnectorError>, Option<Vec<u8>>) {
        let connector = connector(bundle_or(Some(roots.as_bytes()), &[]), TIMEOUT);
        let serving = async {
            let mut stream = self.accept().await.ok()?;
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(OK.as_bytes()).await.unwrap();
            stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec)
        };
        tokio::join!(connector.call(self.request()), serving)
    }
}

#[tokio::test]
async fn a_host_without_a_trusted_root_is_never_connected() {
    let (host, other) = (Host::start().await, Host::start().await);
    let error = host.call(&other.root).await.0.unwrap_err();
    assert!(error.is_io(), "{error:?}");
    assert!(never_connected(&error), "{error:?}");
    assert!(format!("{error:?}").contains("InvalidCertificate"), "{error:?}");
}

#[tokio::test]
async fn http_1_1_is_what_is_offered() {
    let host = Host::start().await;
    let (response, protocol) = host.call(&host.root).await;
    assert_eq!(response.unwrap().status().as_u16(), 200);
    assert_eq!(protocol.unwrap(), b"http/1.1");
}

#[tokio::test]
async fn a_root_that_cannot_be_read_does_not_stop_the_others() {
    let host = Host::start().await;
    let broken = "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n";
    let (response, _) = host.call(&format!("{broken}{}", host.root)).await;
    assert_eq!(response.unwrap().status().as_u16(), 200);
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "this clock moves only with what tokio waits for")]
async fn a_host_that_does_not_finish_the_handshake_times_out() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let start = Instant::now();
    let error = call(HttpRequest::get(format!("https://{address}/")).unwrap()).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(start.elapsed().as_secs(), TIMEOUT.as_secs());
}

#[test]
fn the_roots_of_aws_are_five_of_mozillas() {
    let mozilla = bundle_or(None, TLS_SERVER_ROOTS);
    let amazon = bundle_or(None, &AMAZON_ROOTS);
    assert_eq!(amazon.len(), 5);
    assert!(mozilla.len() > 100, "{}", mozilla.len());
    assert!(amazon.roots.iter().all(|root| mozilla.roots.contains(root)));
    assert!(bundle_or(Some(b""), TLS_SERVER_ROOTS).is_empty(), "a bundle replaces them");
}
