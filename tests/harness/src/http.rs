//! The HTTP that all parts share: a client without TLS, and servers that end when they are dropped.

mod body;
mod client;

pub use body::{Body, BodySender, Cut};
pub use client::Client;

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

pub use hyper::StatusCode;
pub(crate) use hyper::{HeaderMap, Method, header};

/// A request whose body was read.
pub type Request = hyper::Request<Bytes>;
/// A whole response.
pub type Response = hyper::Response<Bytes>;
/// A request whose body may still be on its way.
pub(crate) type IncomingRequest = hyper::Request<Incoming>;
/// A response whose body may still be on its way.
pub type StreamedResponse = hyper::Response<Body>;

/// The largest body that API Gateway accepts.
pub(crate) const MAX_BODY: usize = 10 * 1024 * 1024;

/// A server on this machine. Dropping it closes its listeners and every connection.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Server {
    /// Responds to every request with what `handle` returns. If `handle` fails, the connection is
    /// closed without a response. A body above 10 MB gets a 413.
    pub async fn start<H, F>(port: u16, handle: H) -> Result<Self>
    where
        H: Fn(Request, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response>> + Send + 'static,
    {
        Self::start_on(bind(port).await?.0, handle)
    }

    /// The same on a listener, whose address its owner knows before.
    pub(crate) fn start_on<H, F>(listener: TcpListener, handle: H) -> Result<Self>
    where
        H: Fn(Request, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response>> + Send + 'static,
    {
        let handle = Arc::new(handle);
        Self::start_streaming(vec![listener], move |request, peer| {
            let handle = Arc::clone(&handle);
            async move {
                let response = match read(request).await? {
                    Some(request) => handle(request, peer).await?,
                    None => too_large(),
                };
                Ok(response.map(Body::from))
            }
        })
    }

    /// The same on a free port, with bodies of responses that are on their way.
    pub async fn start_with_bodies<H, F>(handle: H) -> Result<Self>
    where
        H: Fn(Request) -> F + Send + Sync + 'static,
        F: Future<Output = Result<StreamedResponse>> + Send + 'static,
    {
        let handle = Arc::new(handle);
        Self::start_streaming(vec![bind(0).await?.0], move |request, _| {
            let handle = Arc::clone(&handle);
            async move {
                match read(request).await? {
                    Some(request) => handle(request).await,
                    None => Ok(too_large().map(Body::from)),
                }
            }
        })
    }

    /// The same on several listeners, and with bodies that are on their way, in both directions and
    /// of any size.
    pub(crate) fn start_streaming<H, F>(listeners: Vec<TcpListener>, handle: H) -> Result<Self>
    where
        H: Fn(IncomingRequest, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = Result<StreamedResponse>> + Send + 'static,
    {
        let address = listeners.first().context("a server needs a listener")?.local_addr()?;
        let handle = Arc::new(handle);
        // The task owns what it starts, so aborting it ends the connections too.
        let task = tokio::spawn(async move {
            let mut accepting: JoinSet<()> =
                listeners.into_iter().map(|one| accept(one, Arc::clone(&handle))).collect();
            while accepting.join_next().await.is_some() {}
        });
        Ok(Self { address, task })
    }

    /// Closes the listeners and every connection.
    pub fn stop(&self) {
        self.task.abort();
    }
}

async fn accept<H, F>(listener: TcpListener, handle: Arc<H>)
where
    H: Fn(IncomingRequest, SocketAddr) -> F + Send + Sync + 'static,
    F: Future<Output = Result<StreamedResponse>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    while let Ok((stream, peer)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let handle = Arc::clone(&handle);
        let service = hyper::service::service_fn(move |request| handle(request, peer));
        let builder = hyper::server::conn::http1::Builder::new();
        connections.spawn(builder.serve_connection(TokioIo::new(stream), service));
        while connections.try_join_next().is_some() {}
    }
}

/// A listener on 127.0.0.1; port 0 means any free one.
pub(crate) async fn bind(port: u16) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("cannot listen on 127.0.0.1:{port}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// A port that nothing listens on now.
pub fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Listeners on 127.0.0.1 and on ::1, with one port; on a machine without IPv6, the first alone.
/// Port 0 means any free one. Programs differ in which address `localhost` is for them.
pub async fn bind_loopback(port: u16) -> std::io::Result<Vec<TcpListener>> {
    const TRIES: usize = 20;
    let mut tries = TRIES;
    loop {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let chosen = first.local_addr()?.port();
        tries -= 1;
        match TcpListener::bind((IpAddr::V6(Ipv6Addr::LOCALHOST), chosen)).await {
            Ok(second) => return Ok(vec![first, second]),
            Err(error) if error.kind() != ErrorKind::AddrInUse => return Ok(vec![first]),
            // Any other port will do.
            Err(_) if port == 0 && tries > 0 => {}
            Err(error) => return Err(error),
        }
    }
}

/// The request with its whole body; none if the body is above 10 MB.
pub(crate) async fn read(request: IncomingRequest) -> Result<Option<Request>> {
    let (parts, body) = request.into_parts();
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(Some(Request::from_parts(parts, body.to_bytes()))),
        Err(error) if error.is::<LengthLimitError>() => Ok(None),
        Err(error) => bail!("half a request: {error}"),
    }
}

/// API Gateway's response to a body above 10 MB.
pub(crate) fn too_large() -> Response {
    message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
}

/// API Gateway's own responses: `{"message": …}`.
pub fn message(status: StatusCode, text: &str) -> Response {
    json(status, &serde_json::json!({ "message": text }))
}

/// A JSON response.
pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = Response::new(body.to_string().into());
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Locks, even after another thread panicked with the lock: a failed test must still clean up.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
