//! What the peer needs for the requests that are compared.

use crate::bench::figures::median;
use anyhow::Result;
use bytes::Bytes;
use harness::node::{Process, Program};
use hyper::Request;
use std::time::Duration;

/// Processes that the CPU time of a start is the median of.
const STARTS: usize = 11;
/// The same without a bundle, where one takes a second.
const STARTS_OF_MODULES: usize = 3;

/// How often a warm process gets a request.
struct Calls {
    /// Node compiles what it has seen often; that is not to be measured.
    before: usize,
    measured: usize,
}

impl Calls {
    fn of(function: &str) -> Self {
        let hashes = function == "sign-in-email";
        if hashes {
            Self { before: 20, measured: 60 }
        } else {
            Self { before: 1000, measured: 200 }
        }
    }
}

/// What the peer needs for one kind of request.
#[derive(Debug)]
pub struct Theirs {
    /// CPU time of a warm call.
    pub warm: Duration,
    /// CPU time from the start of the bundle to its first response.
    pub start: Duration,
    /// The same of what npm installed.
    pub start_of_modules: Duration,
    /// Bytes after the first response.
    pub resident: u64,
}

/// Measures starts up to the first response, and calls of a warm process.
pub async fn measure(
    bundle: &Program,
    modules: &Program,
    function: &str,
    request: &impl Fn() -> Result<Request<Bytes>>,
) -> Result<Theirs> {
    let (start, resident) = starts(bundle, STARTS, request).await?;
    let (start_of_modules, _) = starts(modules, STARTS_OF_MODULES, request).await?;
    let process = Process::start(bundle).await?;
    let Calls { before, measured } = Calls::of(function);
    let mut calls = Vec::new();
    for _ in 0..before + measured {
        let earlier = process.cpu().await?;
        process.send(request()?).await?;
        calls.push(process.cpu().await?.saturating_sub(earlier));
    }
    process.end().await?;
    let warm = median(calls.split_off(before));
    Ok(Theirs { warm, start, start_of_modules, resident })
}

/// CPU time from the start of a process to its first response, and the most memory then.
async fn starts(
    program: &Program,
    count: usize,
    request: &impl Fn() -> Result<Request<Bytes>>,
) -> Result<(Duration, u64)> {
    let (mut times, mut resident) = (Vec::new(), 0);
    for _ in 0..count {
        let process = Process::start(program).await?;
        process.send(request()?).await?;
        times.push(process.cpu().await?);
        resident = resident.max(process.memory()?.resident);
        process.end().await?;
    }
    Ok((median(times), resident))
}
