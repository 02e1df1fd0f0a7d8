//! API Gateway in small: routes requests by the template, turns them into events, and
//! the functions' answers into HTTP.

mod answer;
mod event;
mod router;

pub use event::{Caller, event};
pub(crate) use router::parameters;
pub use router::{Match, Router};

use crate::cors::Cors;
use crate::http::{self, Method, Request, Response, Server, StatusCode};
use crate::runtime::{Outcome, Runtime};
use crate::template::{Api, Template};
use anyhow::Result;
use std::net::SocketAddr;
use std::sync::Arc;

/// Both APIs on one port.
pub struct Gateway {
    front: Arc<Front>,
    server: Server,
}

/// Marks an answer that no function gave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromGateway;

struct Front {
    router: Router,
    cors: Option<Cors>,
    runtime: Arc<Runtime>,
}

impl Gateway {
    /// Listens on `port` (0 means any free one).
    pub async fn start(template: &Template, runtime: Arc<Runtime>, port: u16) -> Result<Self> {
        let (router, cors) = (Router::new(template), template.cors.clone());
        let front = Arc::new(Front { router, cors, runtime });
        let served = Arc::clone(&front);
        let server = Server::start(port, move |request, peer| {
            let front = Arc::clone(&served);
            async move { front.handle(request, &peer.ip().to_string()).await }
        });
        Ok(Self { front, server: server.await? })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Which function a request goes to.
    pub fn route(&self, method: &str, path: &str) -> Option<Match> {
        self.front.router.find(method, path)
    }

    /// A request without a connection. Its URI is a path with a query.
    pub async fn call(&self, request: Request, source_ip: &str) -> Result<Response> {
        self.front.handle(request, source_ip).await
    }
}

impl Front {
    async fn handle(&self, request: Request, source_ip: &str) -> Result<Response> {
        if request.body().len() > http::MAX_BODY {
            return Ok(own(http::too_large()));
        }
        let Some(cors) = &self.cors else {
            return self.route(request, source_ip).await;
        };
        let (method, headers) = (request.method().clone(), request.headers().clone());
        if method == Method::OPTIONS {
            let mut answer = Response::default();
            *answer.status_mut() = StatusCode::NO_CONTENT;
            *answer.headers_mut() = cors.preflight(&headers);
            return Ok(own(answer));
        }
        let mut answer = self.route(request, source_ip).await?;
        cors.apply(&headers, answer.headers_mut());
        Ok(answer)
    }

    async fn route(&self, request: Request, source_ip: &str) -> Result<Response> {
        let Some(found) = self.router.find(request.method().as_str(), request.uri().path()) else {
            return Ok(own(http::message(StatusCode::NOT_FOUND, "Not Found")));
        };
        let event = event(&found, &request, &Caller::now(source_ip));
        let outcome = self.runtime.invoke(&found.function, event.to_string().into()).await?;
        let answer = match outcome {
            Outcome::Answer(body) => answer::response(&body, found.route.api).ok(),
            Outcome::Error(_) | Outcome::Died => None,
        };
        // What each kind of API answers for a function that failed.
        let (status, text) = match found.route.api {
            Api::Http => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Api::Rest => (StatusCode::BAD_GATEWAY, "Internal server error"),
        };
        let failed = || own(http::message(status, text));
        Ok(answer.unwrap_or_else(failed))
    }
}

fn own(mut answer: Response) -> Response {
    answer.extensions_mut().insert(FromGateway);
    answer
}
