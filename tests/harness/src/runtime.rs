//! The Lambda Runtime API for many functions: it starts their processes when they are first needed,
//! gives each one request at a time, and ends them when it is dropped.

mod event;
mod pool;
mod process;
mod stream;

pub use pool::Outcome;
pub use process::Launch;

use crate::http::{self, Body, IncomingRequest, Method, Response, Server, StatusCode};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use event::Event;
use pool::Pool;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

type Pools = BTreeMap<String, Arc<Pool>>;

/// Runs the functions' processes.
pub struct Runtime {
    pools: Arc<Pools>,
    _server: Server,
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.pools.values().for_each(|pool| pool.end());
    }
}

impl Runtime {
    /// Listens; no process starts before its first request.
    pub async fn start(launches: Vec<Launch>) -> Result<Self> {
        let cell: Arc<OnceLock<Arc<Pools>>> = Arc::default();
        let for_server = Arc::clone(&cell);
        let server = Server::start_streaming(vec![http::bind(0).await?.0], move |request, _| {
            let pools = for_server.get().cloned();
            async move {
                let response = serve(&*pools.context("not ready")?, request).await?;
                Ok(response.map(Body::from))
            }
        })?;
        let pools: Pools = launches
            .into_iter()
            .map(|launch| (launch.name.clone(), Arc::new(Pool::new(launch, server.address))))
            .collect();
        let pools = Arc::clone(cell.get_or_init(|| Arc::new(pools)));
        Ok(Self { pools, _server: server })
    }

    /// Gives the function an event and waits for the outcome.
    pub async fn invoke(&self, function: &str, event: Bytes) -> Result<Outcome> {
        self.pool(function)?.invoke(event).await
    }

    /// Starts a process if there is none, and waits until one is ready for a request.
    pub async fn warm(&self, function: &str) -> Result<()> {
        let pool = self.pool(function)?;
        let ready = tokio::time::timeout(Duration::from_secs(30), pool.warm()).await;
        ready.with_context(|| format!("{function} does not become ready: {:?}", pool.logs()))?
    }

    /// Kills all processes of a function; their requests end as [`Outcome::Died`], and the
    /// next one gets a new process. Says how many there were, when they have ended.
    pub async fn kill(&self, function: &str) -> Result<usize> {
        Ok(self.pool(function)?.kill().await)
    }

    /// Kills one process of a function, if it still runs; its request ends as [`Outcome::Died`].
    pub fn kill_one(&self, function: &str, pid: u32) -> Result<()> {
        self.pool(function)?.kill_one(pid);
        Ok(())
    }

    /// The ids of a function's processes that work on a request.
    pub fn busy(&self, function: &str) -> Result<Vec<u32>> {
        Ok(self.pool(function)?.busy())
    }

    /// The ids of a function's processes.
    pub fn pids(&self, function: &str) -> Result<Vec<u32>> {
        Ok(self.pool(function)?.pids())
    }

    /// What a function's processes have written so far, line by line.
    pub fn logs(&self, function: &str) -> Result<Vec<String>> {
        Ok(self.pool(function)?.logs())
    }

    fn pool(&self, function: &str) -> Result<&Arc<Pool>> {
        self.pools
            .get(function)
            .with_context(|| format!("the template has no function {function:?}"))
    }
}

/// `/{function}/{instance}/2018-06-01/runtime/…`
async fn serve(pools: &Pools, request: IncomingRequest) -> Result<Response> {
    let path = request.uri().path().to_owned();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let [function, instance, _version, "runtime", rest @ ..] = segments.as_slice() else {
        return Ok(http::message(StatusCode::NOT_FOUND, "unknown path"));
    };
    let pool = pools.get(*function).context("unknown function")?;
    let instance: u64 = instance.parse()?;
    match (request.method(), rest) {
        (&Method::GET, ["invocation", "next"]) => next(pool.next(instance).await?),
        (&Method::POST, ["invocation", id, "response"]) if stream::is_streaming(&request) => {
            pool.stream(instance, id, request.into_body()).await?;
            Ok(accepted())
        }
        (&Method::POST, ["invocation", id, "response"]) => {
            pool.finish(instance, id, Outcome::Response(whole(request).await?));
            Ok(accepted())
        }
        (&Method::POST, ["invocation", id, "error"]) => {
            pool.finish(instance, id, Outcome::Error(whole(request).await?));
            Ok(accepted())
        }
        (&Method::POST, ["init", "error"]) => {
            let error = whole(request).await?;
            pool.log(format!("init error: {}", String::from_utf8_lossy(&error)));
            Ok(accepted())
        }
        _ => Ok(http::message(StatusCode::NOT_FOUND, "unknown path")),
    }
}

async fn whole(request: IncomingRequest) -> Result<Bytes> {
    Ok(http::read(request).await?.context("the response is too large")?.into_body())
}

fn next(event: Event) -> Result<Response> {
    let trace = event.request_id.replace('-', "");
    let (epoch, unique) = trace.split_at_checked(8).context("a request id")?;
    Ok(hyper::Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", &event.request_id)
        .header("lambda-runtime-deadline-ms", event.deadline_ms.to_string())
        .header("lambda-runtime-invoked-function-arn", &event.arn)
        .header("lambda-runtime-trace-id", format!("Root=1-{epoch}-{unique};Sampled=0"))
        .body(event.body)?)
}

fn accepted() -> Response {
    http::json(StatusCode::ACCEPTED, &serde_json::json!({"status": "OK"}))
}
