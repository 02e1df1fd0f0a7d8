//! A client without TLS.

use super::{Body, BodySender, Request, Response, StreamedResponse};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::net::Ipv4Addr;

/// A client that keeps its connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: hyper_util::client::legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Default for Client {
    fn default() -> Self {
        Self::with(HttpConnector::new())
    }
}

impl Client {
    /// A client whose connections come from this address of the machine. Every address of 127.0.0.0/8 is
    /// one on Linux.
    pub fn from_address(address: Ipv4Addr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_local_address(Some(address.into()));
        Self::with(connector)
    }

    fn with(mut connector: HttpConnector) -> Self {
        connector.set_nodelay(true);
        let builder = hyper_util::client::legacy::Client::builder(TokioExecutor::new());
        Self { inner: builder.build(connector) }
    }

    /// Sends a request with an absolute URI and reads the whole response.
    pub async fn send(&self, request: Request) -> Result<Response> {
        let uri = request.uri().clone();
        let (parts, body) = self.request(request).await?.into_parts();
        let body = body.collect().await.with_context(|| format!("half a response from {uri}"))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    /// Sends a request and waits for the head of the response. The body is read to its end, even
    /// if nobody wants it any more: the server does not learn that a reader has left.
    pub async fn stream(&self, request: Request) -> Result<StreamedResponse> {
        let (parts, body) = self.request(request).await?.into_parts();
        let (sender, coming) = Body::coming();
        tokio::spawn(pass(body, sender));
        Ok(StreamedResponse::from_parts(parts, coming))
    }

    async fn request(&self, request: Request) -> Result<hyper::Response<Incoming>> {
        let uri = request.uri().clone();
        let response = self.inner.request(request.map(Full::new)).await;
        response.with_context(|| format!("no response from {uri}"))
    }
}

/// Without its end, the body counts as cut off.
async fn pass(mut body: Incoming, sender: BodySender) {
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return };
        if let Ok(bytes) = frame.into_data() {
            sender.send(bytes);
        }
    }
    sender.end();
}
