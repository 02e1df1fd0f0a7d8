//! One function's process under measurement.

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use harness::meter;
use harness::runtime::{Launch, Outcome, Runtime};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::time::{Duration, Instant};

/// The function that is measured as it refuses: there is nothing to update.
const REFUSES: &str = "update-session";

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
                let refuses = self.name == REFUSES;
                ensure!(is_good(&response, refuses), "it returns {response}");
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

/// Whether a response is the one to be measured. What serves no route has no status.
fn is_good(response: &Value, refuses: bool) -> bool {
    let Some(status) = response.get("statusCode").and_then(Value::as_u64) else { return true };
    match status / 100 {
        2 => true,
        // A link that fails leads to a page that is told so.
        3 => response.pointer("/headers/location").is_some_and(leads_on),
        4 => refuses,
        _ => false,
    }
}

fn leads_on(location: &Value) -> bool {
    location.as_str().is_some_and(|location| !location.contains("error="))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_success_is_measured() {
        let redirect = |to: &str| json!({"statusCode": 303, "headers": {"location": to}});
        for (response, good, good_if_it_refuses) in [
            (json!({"batchItemFailures": []}), true, true),
            (json!({"statusCode": 204}), true, true),
            (redirect("https://api.example.com/"), true, true),
            (redirect("https://api.example.com/?error=INVALID_TOKEN"), false, false),
            (json!({"statusCode": 302}), false, false),
            (json!({"statusCode": 400}), false, true),
            (json!({"statusCode": 503}), false, false),
        ] {
            assert_eq!(is_good(&response, false), good, "{response}");
            assert_eq!(is_good(&response, true), good_if_it_refuses, "{response}");
        }
    }
}
