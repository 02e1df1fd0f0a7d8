//! A TLS end-point before the proxy or the engine, for measurements with a handshake.

use crate::http;
use anyhow::{Context as _, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A running end-point for `https://localhost`.
#[derive(Debug)]
pub struct TlsEndpoint {
    /// Where it listens; the certificate is for `localhost`.
    pub address: SocketAddr,
    /// The authority's certificate as a PEM file, for `AWS_CA_BUNDLE`.
    pub ca_bundle: PathBuf,
    handshakes: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for TlsEndpoint {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.ca_bundle);
    }
}

impl TlsEndpoint {
    /// Forwards every connection to `target`, decrypted. The authority's certificate is
    /// written into `directory`.
    pub async fn start(target: SocketAddr, directory: &Path) -> Result<Self> {
        let (ca_pem, chain, key) = certificates().context("cannot make certificates")?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (listener, address) = http::bind(0).await?;
        let ca_bundle = directory.join(format!("tessera-ca-{}.pem", address.port()));
        std::fs::write(&ca_bundle, ca_pem)
            .with_context(|| format!("cannot write {}", ca_bundle.display()))?;
        let handshakes = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&handshakes);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(forward(acceptor.clone(), stream, target, Arc::clone(&count)));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, ca_bundle, handshakes, task })
    }

    /// How many handshakes it has seen end, well or badly.
    pub fn handshakes(&self) -> usize {
        self.handshakes.load(Ordering::Relaxed)
    }

    /// The end-point's URL.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }
}

async fn forward(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    target: SocketAddr,
    handshakes: Arc<AtomicUsize>,
) -> Result<()> {
    stream.set_nodelay(true)?;
    let accepted = acceptor.accept(stream).await;
    handshakes.fetch_add(1, Ordering::Relaxed);
    let mut outside = accepted?;
    let mut inside = TcpStream::connect(target).await?;
    inside.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut outside, &mut inside).await?;
    Ok(())
}

type Certificates = (String, Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// An authority of its own and a leaf for `localhost`, as AWS's end-points have.
fn certificates() -> Result<Certificates> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages.push(KeyUsagePurpose::KeyCertSign);
    authority.distinguished_name.push(DnType::CommonName, "Tessera's local authority");
    let authority_key = KeyPair::generate()?;
    let ca = authority.self_signed(&authority_key)?;
    let key = KeyPair::generate()?;
    let issuer = Issuer::new(authority, authority_key);
    let leaf = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
    Ok((ca.pem(), vec![leaf.der().clone()], private))
}
