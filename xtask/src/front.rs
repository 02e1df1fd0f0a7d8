//! The one port of the local stack: CORS, a page of routes, and a proxy to the functions.

mod answers;
mod cors;
mod forward;
mod page;

use answers::Answer;
use anyhow::{Context, Result};
use forward::Forward;
use harness::gateway::Router;
use hyper::body::Incoming;
use hyper::header::ORIGIN;
use hyper::service::service_fn;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// The listening server. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Front {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What every connection shares.
#[derive(Debug)]
struct Shared {
    routes: Router,
    functions: Forward,
}

impl Front {
    /// Listens on 127.0.0.1 and sends known routes on to the functions' server.
    pub async fn start(port: u16, functions: &str, routes: Router) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| format!("cannot listen on port {port}"))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { routes, functions: Forward::new(functions) });
        Ok(Self { address, task: tokio::spawn(accept(listener, shared)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the port and every connection.
    pub fn stop(&self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Owned here, so that aborting this task ends the connections too.
    let mut connections = JoinSet::new();
    while let Ok((stream, peer)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| {
            let shared = Arc::clone(&shared);
            async move { Ok::<_, Infallible>(answer(&shared, request, peer).await) }
        });
        let _ = stream.set_nodelay(true);
        connections.spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service),
        );
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(shared: &Shared, request: Request<Incoming>, peer: SocketAddr) -> Answer {
    let origin = request.headers().get(ORIGIN).filter(|origin| cors::is_local(origin)).cloned();
    let Some(origin) = origin else {
        return serve(shared, request, peer).await;
    };
    if cors::is_preflight(&request) {
        return cors::preflight(&request, origin);
    }
    let mut answer = serve(shared, request, peer).await;
    cors::allow(&mut answer, origin);
    answer
}

async fn serve(shared: &Shared, request: Request<Incoming>, peer: SocketAddr) -> Answer {
    let path = request.uri().path();
    if shared.routes.find(request.method().as_str(), path).is_some() {
        return shared.functions.send(request, peer).await;
    }
    match (request.method(), path) {
        (&Method::GET, "/") => answers::redirect("/docs"),
        (&Method::GET, "/docs") => answers::or_error(page::html(), "text/html; charset=utf-8"),
        (&Method::GET, "/openapi.yaml") => {
            answers::or_error(page::openapi(), "text/yaml; charset=utf-8")
        }
        (_, path) if path.starts_with("/api/auth/") => answers::not_found_as_better_auth(),
        _ => answers::not_found(),
    }
}
