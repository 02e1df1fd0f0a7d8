//! The one port of the local stack: CORS, a page of routes, and a proxy to the functions.

mod answers;
mod forward;
mod page;

use answers::Answer;
use anyhow::{Context, Result};
use bytes::Bytes;
use forward::Forward;
use hyper::body::Incoming;
use hyper::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use template::cors::Cors;
use template::router::Router;
use template::{Api, Template};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// The listening server. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Front {
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
    cors: Option<Cors>,
    functions: Forward,
}

impl Front {
    /// Answers on the listener, and sends the template's routes on to the functions' server.
    pub fn start(listener: TcpListener, functions: &str, template: &Template) -> Self {
        let shared = Arc::new(Shared {
            routes: Router::new(template),
            cors: template.cors.clone(),
            functions: Forward::new(functions),
        });
        Self { task: tokio::spawn(accept(listener, shared)) }
    }

    /// Closes the port and every connection.
    pub fn stop(&self) {
        self.task.abort();
    }
}

/// Takes a port of 127.0.0.1; 0 means any free one.
pub async fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port))
        .await
        .with_context(|| format!("cannot listen on port {port}"))
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
    let path = request.uri().path();
    let found = shared.routes.find(request.method().as_str(), path).map(|found| found.route.api);
    if found.unwrap_or_else(|| shared.routes.api(path)) == Api::Rest {
        // Functions of a REST API speak for themselves, also to browsers.
        let mut answer = serve(shared, request, peer).await;
        if answer.extensions().get::<answers::FromGateway>().is_some() {
            let every = HeaderValue::from_static("*");
            answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, every);
        }
        return answer;
    }
    let Some(cors) = &shared.cors else {
        return serve(shared, request, peer).await;
    };
    if request.method() == Method::OPTIONS {
        let mut answer = answers::status(StatusCode::NO_CONTENT, Bytes::new());
        *answer.headers_mut() = cors.preflight(request.headers());
        return answer;
    }
    let headers = request.headers().clone();
    let mut answer = serve(shared, request, peer).await;
    cors.apply(&headers, answer.headers_mut());
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

#[cfg(test)]
mod tests;
