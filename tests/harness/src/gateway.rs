//! A small API Gateway: routes requests by the template, turns them into events, and the functions'
//! responses into HTTP. The tests and `cargo xtask dev` have the same one with different backends.
//!
//! Any host is the domain name with both APIs. A host such as `chatapi.execute-api.localhost` is the own
//! host of the API `ChatApi`, as AWS gives one to each.

mod backend;
mod response;
mod watch;

pub use backend::Backend;
pub use watch::{BUILD, Watch};

use crate::http::{
    self, Body, Cut, IncomingRequest, Method, Request, Response, Server, StatusCode,
    StreamedResponse, header,
};
use crate::runtime::Outcome;
use anyhow::{Result, anyhow};
use std::net::SocketAddr;
use std::sync::Arc;
use template::event::{Caller, event};
use template::router::{Match, Router};
use template::{Api, Route, Template, Transfer};
use tokio::net::TcpListener;
use tokio::time::Instant;

/// Both APIs on one port.
pub struct Gateway {
    front: Arc<Front>,
    server: Server,
}

/// Marks a response that no function made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromGateway;

/// Marks a response in place of one that the route can't carry, and says why: no test wants this.
#[derive(Debug, Clone)]
pub(crate) struct Misfit(pub(crate) String);

/// Pages that a gateway has beside the template's routes: the response to a GET, if any.
type Pages = Box<dyn Fn(&Request) -> Option<Response> + Send + Sync>;

struct Front {
    router: Router,
    backend: Backend,
    pages: Pages,
}

impl Gateway {
    /// Listens on 127.0.0.1, at `port` (0 means any free one).
    pub async fn start(
        template: &Template,
        backend: impl Into<Backend>,
        port: u16,
    ) -> Result<Self> {
        Self::serve(vec![http::bind(port).await?.0], template, backend, |_| None)
    }

    /// Serves the template's routes, and some pages, on these listeners.
    pub fn serve(
        listeners: Vec<TcpListener>,
        template: &Template,
        backend: impl Into<Backend>,
        pages: impl Fn(&Request) -> Option<Response> + Send + Sync + 'static,
    ) -> Result<Self> {
        let router = Router::new(template);
        let front = Arc::new(Front { router, backend: backend.into(), pages: Box::new(pages) });
        let served = Arc::clone(&front);
        let server = Server::start_streaming(listeners, move |request, peer| {
            let front = Arc::clone(&served);
            async move { front.receive(request, peer).await }
        })?;
        Ok(Self { front, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Closes the port and every connection.
    pub fn stop(&self) {
        self.server.stop();
    }

    /// Which function a request to the domain name goes to.
    pub fn route(&self, method: &str, path: &str) -> Option<Match> {
        self.front.router.find(method, path)
    }

    /// Which function a request goes to.
    pub fn route_of<B>(&self, request: &hyper::Request<B>) -> Option<Match> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        self.front.router.find_at(host(request), method, path)
    }

    /// A request without a connection. Its URI is a path with a query. Dropping the response is what
    /// a client does that hangs up; the function does not learn of it.
    pub async fn call(&self, request: Request, source_ip: &str) -> Result<StreamedResponse> {
        self.front.handle(request, source_ip).await
    }
}

impl Front {
    async fn receive(
        &self,
        request: IncomingRequest,
        peer: SocketAddr,
    ) -> Result<StreamedResponse> {
        let Some(request) = http::read(request).await? else {
            return Ok(own(http::too_large()));
        };
        match &self.backend {
            Backend::Watch(watch) if request.uri().path().starts_with(watch::INVOKE_API) => {
                watch.pass_on(request).await
            }
            _ => self.handle(request, &peer.ip().to_string()).await,
        }
    }

    async fn handle(&self, request: Request, source_ip: &str) -> Result<StreamedResponse> {
        if request.body().len() > http::MAX_BODY {
            return Ok(own(http::too_large()));
        }
        let (method, path) = (request.method().as_str(), request.uri().path());
        let found = self.router.find_at(host(&request), method, path);
        let api_at = || self.router.api_at(host(&request), path);
        let api = found.as_ref().map_or_else(api_at, |found| found.route.api);
        self.route(api, found, request, source_ip).await
    }

    async fn route(
        &self,
        api: Api,
        found: Option<Match>,
        request: Request,
        source_ip: &str,
    ) -> Result<StreamedResponse> {
        let Some(found) = found else {
            let is_read = request.method() == Method::GET;
            let page = if is_read { (self.pages)(&request) } else { None };
            let missing = || own_of(api, http::message(StatusCode::NOT_FOUND, "Not Found"));
            return Ok(page.map_or_else(missing, own));
        };
        let (route, function) = (&found.route, &found.function);
        let event = event(&found, &request, &Caller::now(source_ip));
        let deadline = Instant::now() + self.backend.patience(route.timeout);
        let outcome = self.backend.invoke(function, event.to_string().into());
        let Ok(outcome) = tokio::time::timeout_at(deadline, outcome).await else {
            self.backend.report(
                function,
                "no response. Does it compile? If it has died, start `cargo xtask dev` again.",
            );
            return Ok(own_of(api, out_of_time(api)));
        };
        Ok(match respond(outcome?, route, deadline).await {
            Ok(response) => response,
            Err(failure) => {
                let mut response = own_of(api, failed(api));
                if let Failure::Misfit(why) = failure {
                    self.backend.report(function, &format!("{why:#}"));
                    response.extensions_mut().insert(Misfit(format!("{function} {why:#}")));
                }
                response
            }
        })
    }
}

fn host<B>(request: &hyper::Request<B>) -> &str {
    let host = request.headers().get(header::HOST);
    host.and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// Why there is no response of the function.
enum Failure {
    /// It failed or died.
    Function,
    /// Its response is not of the kind that its route carries.
    Misfit(anyhow::Error),
}

async fn respond(
    outcome: Outcome,
    route: &Route,
    deadline: Instant,
) -> Result<StreamedResponse, Failure> {
    match (outcome, route.transfer) {
        (Outcome::Response(body), Transfer::Buffered) => {
            response::whole(&body, route.api).map_err(Failure::Misfit)
        }
        (Outcome::Stream(mut body), Transfer::Streamed) => {
            body.cut_off_at(deadline);
            response::streamed(body).await.map_err(|error| {
                if error.is::<Cut>() { Failure::Function } else { Failure::Misfit(error) }
            })
        }
        // Lambda collects the stream, in which the gateway then finds no JSON.
        (Outcome::Stream(body), Transfer::Buffered) => Err(match body.whole().await {
            Ok(_) => Failure::Misfit(anyhow!("streams, but its route buffers")),
            Err(_) => Failure::Function,
        }),
        (Outcome::Response(_), Transfer::Streamed) => {
            Err(Failure::Misfit(anyhow!("does not stream, but its route does")))
        }
        (Outcome::Error(_) | Outcome::Died, _) => Err(Failure::Function),
    }
}

/// The response of each kind of API when a function failed.
fn failed(api: Api) -> Response {
    match api {
        Api::Http => http::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        Api::Rest => http::message(StatusCode::BAD_GATEWAY, "Internal server error"),
    }
}

/// The response when a function took too long.
fn out_of_time(api: Api) -> Response {
    match api {
        Api::Http => http::message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        Api::Rest => http::message(StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out"),
    }
}

/// A response of the gateway itself. Every page may read that of a REST API.
fn own_of(api: Api, response: Response) -> StreamedResponse {
    let mut response = own(response);
    if api == Api::Rest {
        let every = header::HeaderValue::from_static("*");
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, every);
    }
    response
}

fn own(response: Response) -> StreamedResponse {
    let mut response = response.map(Body::from);
    response.extensions_mut().insert(FromGateway);
    response
}
