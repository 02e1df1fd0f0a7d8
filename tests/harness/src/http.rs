//! The little HTTP that all parts share: one client without TLS, and servers that end when dropped.

mod body;

pub use body::{Body, BodySender, Cut};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

pub(crate) use hyper::{HeaderMap, Method, StatusCode, header};

/// A request whose body was read.
pub type Request = hyper::Request<Bytes>;
/// A whole answer.
pub type Response = hyper::Response<Bytes>;
/// A request whose body may still be on its way.
pub(crate) type IncomingRequest = hyper::Request<Incoming>;
/// An answer whose body may still be on its way.
pub type StreamedResponse = hyper::Response<Body>;

/// API Gateway refuses larger bodies.
pub(crate) const MAX_BODY: usize = 10 * 1024 * 1024;

/// A client that keeps its connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: hyper_util::client::legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Default for Client {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            inner: hyper_util::client::legacy::Client::builder(TokioExecutor::new())
                .build(connector),
        }
    }
}

impl Client {
    /// Sends a request with an absolute URI and reads the whole answer.
    pub async fn send(&self, request: Request) -> Result<Response> {
        let uri = request.uri().clone();
        let answer = self.inner.request(request.map(Full::new)).await;
        let (parts, body) = answer.with_context(|| format!("no answer from {uri}"))?.into_parts();
        let body = body.collect().await.with_context(|| format!("half an answer from {uri}"))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

/// A server on 127.0.0.1. Dropping it closes the listener and every connection.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Answers every request with `handle`. When that fails, the connection is closed without
    /// an answer. Bodies above 10 MB are answered with 413.
    pub async fn start<H, F>(port: u16, handle: H) -> Result<Self>
    where
        H: Fn(Request, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response>> + Send + 'static,
    {
        let handle = Arc::new(handle);
        Self::start_streaming(port, move |request, peer| {
            let handle = Arc::clone(&handle);
            async move {
                let response = match read(request).await? {
                    Some(request) => handle(request, peer).await?,
                    None => too_large(),
                };
                Ok(response.map(Body::from))
            }
        })
        .await
    }

    /// The same with bodies that are on their way, in both directions and of any size.
    pub(crate) async fn start_streaming<H, F>(port: u16, handle: H) -> Result<Self>
    where
        H: Fn(IncomingRequest, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = Result<StreamedResponse>> + Send + 'static,
    {
        let (listener, address) = bind(port).await?;
        let handle = Arc::new(handle);
        let task = tokio::spawn(async move {
            // Owned here, so that aborting this task ends the connections too.
            let mut connections = JoinSet::new();
            while let Ok((stream, peer)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let handle = Arc::clone(&handle);
                let service = hyper::service::service_fn(move |request| handle(request, peer));
                let builder = hyper::server::conn::http1::Builder::new();
                connections.spawn(builder.serve_connection(TokioIo::new(stream), service));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, task })
    }
}

/// A listener on 127.0.0.1; port 0 means any free one.
pub(crate) async fn bind(port: u16) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .with_context(|| format!("cannot listen on 127.0.0.1:{port}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// The request with its body, which is none if it is above 10 MB.
pub(crate) async fn read(request: IncomingRequest) -> Result<Option<Request>> {
    let (parts, body) = request.into_parts();
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(Some(Request::from_parts(parts, body.to_bytes()))),
        Err(error) if error.is::<LengthLimitError>() => Ok(None),
        Err(error) => bail!("half a request: {error}"),
    }
}

/// What API Gateway answers to a body above 10 MB.
pub(crate) fn too_large() -> Response {
    message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
}

/// API Gateway's own answers: `{"message": …}`.
pub(crate) fn message(status: StatusCode, text: &str) -> Response {
    json(status, &serde_json::json!({ "message": text }))
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = Response::new(body.to_string().into());
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Locks, also after a panic of another holder: a failed test must still clean up.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
