//! One function's process under measurement.

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use harness::meter;
use harness::runtime::{Launch, Outcome, Runtime};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Functions that are measured as they refuse: a link that is not one of a mail, or an update of nothing.
const REFUSE: [&str; 5] =
    ["open-reset-link", "reset-password", "verify-email", "confirm-email", "update-session"];

/// A function that runs in one process at most.
pub struct Subject {
    name: String,
    runtime: Runtime,
}

impl Subject {
    /// Prepares it; no process runs yet.
    pub async fn new(launch: Launch) -> Result<Self> {
        let name = launch.name.clone();
        Ok(Self { name, runtime: Runtime::start(vec![launch]).await? })
    }

    /// Starts the process, waits until it asks for work, and returns its id.
    pub async fn start(&self) -> Result<u32> {
        self.runtime.warm(&self.name).await?;
        let pids = self.runtime.pids(&self.name)?;
        let pid = *pids.first().with_context(|| format!("{} ended at once", self.name))?;
        meter::settle(pid).await?;
        Ok(pid)
    }

    /// Gives it an event, checks that it succeeds, and waits until it asks for more work.
    pub async fn call(&self, event: Bytes) -> Result<()> {
        match self.runtime.invoke(&self.name, event).await? {
            Outcome::Response(body) => {
                let response: Value = serde_json::from_slice(&body)?;
                let status = response.get("statusCode").and_then(Value::as_u64);
                // What serves no route has no status.
                let refuses = REFUSE.contains(&self.name.as_str()).then_some(4);
                let is_good = |status| status / 100 == 2 || Some(status / 100) == refuses;
                ensure!(status.is_none_or(is_good), "it returns {response}");
            }
            Outcome::Stream(body) => {
                let body = body.whole().await?;
                ensure!(body.starts_with(b"{\"statusCode\":2"), "it streams {body:?}");
            }
            other => bail!("{other:?}; its log: {:#?}", self.runtime.logs(&self.name)?),
        }
        self.start().await.map(drop)
    }

    /// Ends the process as Lambda does and waits until it has ended.
    pub async fn end(&self) -> Result<()> {
        for pid in self.runtime.pids(&self.name)? {
            let pid = Pid::from_raw(i32::try_from(pid)?).context("a process has no id")?;
            kill_process(pid, Signal::TERM)?;
        }
        let started = Instant::now();
        while !self.runtime.pids(&self.name)?.is_empty() {
            ensure!(started.elapsed() < Duration::from_secs(30), "{} does not end", self.name);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}
