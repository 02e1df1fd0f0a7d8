//! The one port of the local stack: CORS, a page of routes, and a proxy to the functions.

mod answers;
mod forward;
mod page;

use answers::Answer;
use anyhow::{Context, Result};
use bytes::Bytes;
use forward::Forward;
use harness::cors::Cors;
use harness::gateway::Router;
use harness::template::Template;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
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
mod tests {
    use super::*;
    use harness::template::Settings;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    /// A front that lets pages of http://localhost:3000 call, and its address.
    async fn front(functions: &str) -> (Front, SocketAddr) {
        let mut settings = Settings::default();
        let origin = "http://localhost:3000".to_owned();
        settings.parameters.insert("TrustedOrigins".to_owned(), origin);
        let listener = listen(0).await.unwrap();
        let address = listener.local_addr().unwrap();
        let template = Template::load_with(&settings).unwrap();
        (Front::start(listener, functions, &template), address)
    }

    async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
        let mut seen = String::new();
        while !seen.contains(wanted) {
            let mut bytes = [0; 1024];
            let count = stream.read(&mut bytes).await.unwrap();
            assert!(count > 0, "ended after {seen}");
            seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        seen
    }

    #[tokio::test]
    async fn an_answer_comes_through_chunk_by_chunk() {
        let functions = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", functions.local_addr().unwrap());
        let (_front, address) = front(&url).await;
        let mut browser = TcpStream::connect(address).await.unwrap();
        let request = "GET /api/auth/ok?a=%20b HTTP/1.1\r\nHost: localhost\r\n\
                       Origin: http://localhost:3000\r\nConnection: keep-alive\r\n\r\n";
        browser.write_all(request.as_bytes()).await.unwrap();

        let (mut function, _) = functions.accept().await.unwrap();
        let forwarded = read_until(&mut function, "\r\n\r\n").await;
        assert!(forwarded.starts_with("GET /api/auth/ok?a=%20b HTTP/1.1\r\n"), "{forwarded}");
        assert!(forwarded.contains("x-forwarded-for: 127.0.0.1\r\n"), "{forwarded}");
        let head = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
        function.write_all(head.as_bytes()).await.unwrap();
        let answer = read_until(&mut browser, "first").await;
        assert!(answer.contains("access-control-allow-origin: http://localhost:3000"), "{answer}");
        assert!(answer.contains("set-cookie: a=1\r\nset-cookie: b=2\r\n"), "{answer}");
        function.write_all(b"6\r\nsecond\r\n0\r\n\r\n").await.unwrap();
        read_until(&mut browser, "second").await;
    }

    #[tokio::test]
    async fn paths_that_no_function_serves_are_answered_here() {
        let (_front, address) = front("http://127.0.0.1:1").await;
        for (path, status, body) in [
            ("/api/auth/nothing", "404", ""),
            ("/api/nothing", "404", "{\"message\":\"Not Found\"}"),
            ("/docs", "200", "</html>"),
            ("/api/auth/ok", "503", "{\"message\":\"Service Unavailable\"}"),
        ] {
            let mut browser = TcpStream::connect(address).await.unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            browser.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            browser.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
            assert!(answer.trim_end().ends_with(body), "{path}: {answer}");
        }
    }
}
