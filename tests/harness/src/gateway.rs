//! API Gateway in small: routes requests by the template, turns them into events, and
//! the functions' answers into HTTP.

mod answer;

use crate::http::{
    self, Body, Cut, Method, Request, Response, Server, StatusCode, StreamedResponse, header,
};
use crate::runtime::{Outcome, Runtime};
use anyhow::{Result, anyhow};
use std::net::SocketAddr;
use std::sync::Arc;
use template::cors::Cors;
use template::event::{Caller, event};
use template::router::{Match, Router};
use template::{Api, Route, Template, Transfer};
use tokio::time::Instant;

/// Both APIs on one port.
pub struct Gateway {
    front: Arc<Front>,
    server: Server,
}

/// Marks an answer that no function gave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromGateway;

/// Marks an answer in place of one that the route can't carry, and says why: no test means this.
#[derive(Debug, Clone)]
pub(crate) struct Misfit(pub(crate) String);

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
        let server = Server::start_streaming(port, move |request, peer| {
            let front = Arc::clone(&served);
            async move {
                match http::read(request).await? {
                    Some(request) => front.handle(request, &peer.ip().to_string()).await,
                    None => Ok(own(http::too_large())),
                }
            }
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

    /// A request without a connection. Its URI is a path with a query. Dropping the answer is what
    /// a client does that hangs up; the function is not told.
    pub async fn call(&self, request: Request, source_ip: &str) -> Result<StreamedResponse> {
        self.front.handle(request, source_ip).await
    }
}

impl Front {
    async fn handle(&self, request: Request, source_ip: &str) -> Result<StreamedResponse> {
        if request.body().len() > http::MAX_BODY {
            return Ok(own(http::too_large()));
        }
        let (method, path) = (request.method().as_str(), request.uri().path());
        let found = self.router.find(method, path);
        let api = found.as_ref().map_or_else(|| self.router.api(path), |found| found.route.api);
        // Functions of a REST API speak for themselves, also to browsers.
        let Some(cors) = self.cors.as_ref().filter(|_| api == Api::Http) else {
            return self.route(api, found, request, source_ip).await;
        };
        let headers = request.headers().clone();
        if request.method() == Method::OPTIONS {
            let mut answer = Response::default();
            *answer.status_mut() = StatusCode::NO_CONTENT;
            *answer.headers_mut() = cors.preflight(&headers);
            return Ok(own(answer));
        }
        let mut answer = self.route(api, found, request, source_ip).await?;
        cors.apply(&headers, answer.headers_mut());
        Ok(answer)
    }

    async fn route(
        &self,
        api: Api,
        found: Option<Match>,
        request: Request,
        source_ip: &str,
    ) -> Result<StreamedResponse> {
        let Some(found) = found else {
            return Ok(own_of(api, http::message(StatusCode::NOT_FOUND, "Not Found")));
        };
        let route = &found.route;
        let event = event(&found, &request, &Caller::now(source_ip));
        let deadline = Instant::now() + route.timeout;
        let outcome = self.runtime.invoke(&found.function, event.to_string().into());
        let Ok(outcome) = tokio::time::timeout_at(deadline, outcome).await else {
            return Ok(own_of(api, out_of_time(api)));
        };
        Ok(match answer(outcome?, route, deadline).await {
            Ok(answer) => answer,
            Err(failure) => {
                let mut answer = own_of(api, failed(api));
                if let Failure::Misfit(why) = failure {
                    let misfit = Misfit(format!("{} {why:#}", found.function));
                    answer.extensions_mut().insert(misfit);
                }
                answer
            }
        })
    }
}

/// Why there is no answer of the function.
enum Failure {
    /// It failed or died.
    Function,
    /// Its answer is not of the kind that its route carries.
    Misfit(anyhow::Error),
}

async fn answer(
    outcome: Outcome,
    route: &Route,
    deadline: Instant,
) -> Result<StreamedResponse, Failure> {
    match (outcome, route.transfer) {
        (Outcome::Answer(body), Transfer::Buffered) => {
            answer::response(&body, route.api).map_err(Failure::Misfit)
        }
        (Outcome::Stream(mut body), Transfer::Streamed) => {
            body.cut_off_at(deadline);
            answer::streamed(body).await.map_err(|error| {
                if error.is::<Cut>() { Failure::Function } else { Failure::Misfit(error) }
            })
        }
        // Lambda collects the stream, in which the gateway then finds no JSON.
        (Outcome::Stream(body), Transfer::Buffered) => Err(match body.whole().await {
            Ok(_) => Failure::Misfit(anyhow!("streams, but its route buffers")),
            Err(_) => Failure::Function,
        }),
        (Outcome::Answer(_), Transfer::Streamed) => {
            Err(Failure::Misfit(anyhow!("does not stream, but its route does")))
        }
        (Outcome::Error(_) | Outcome::Died, _) => Err(Failure::Function),
    }
}

/// What each kind of API answers for a function that failed.
fn failed(api: Api) -> Response {
    match api {
        Api::Http => http::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        Api::Rest => http::message(StatusCode::BAD_GATEWAY, "Internal server error"),
    }
}

/// And for one that took too long.
fn out_of_time(api: Api) -> Response {
    match api {
        Api::Http => http::message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        Api::Rest => http::message(StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out"),
    }
}

/// What a gateway says by itself; that of a REST API may be read by every page.
fn own_of(api: Api, answer: Response) -> StreamedResponse {
    let mut answer = own(answer);
    if api == Api::Rest {
        let every = header::HeaderValue::from_static("*");
        answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, every);
    }
    answer
}

fn own(answer: Response) -> StreamedResponse {
    let mut answer = answer.map(Body::from);
    answer.extensions_mut().insert(FromGateway);
    answer
}
