//! Better Auth itself, as a process of Node: what Tessera is measured beside.

use crate::http::{Client, Response, free_port};
use crate::meter::{self, Memory};
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use hyper::Request;
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// Where its server is, in the repository.
pub const FOLDER: &str = "tests/bench/better-auth";
/// The server and what it imports, once it was bundled there.
pub const BUNDLE: &str = "dist/server.js";

const PATIENCE: Duration = Duration::from_secs(30);

/// What is run, and where it keeps its tables.
#[derive(Debug)]
pub struct Program {
    script: PathBuf,
    state: PathBuf,
}

impl Program {
    /// A script over a file of tables.
    pub fn new(script: PathBuf, state: &Path) -> Self {
        Self { script, state: state.to_owned() }
    }
}

/// A running server.
#[derive(Debug)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// Where it listens.
    pub url: String,
    /// `Better Auth 1.7.25 on Node v20.20.2`
    pub title: String,
    child: Child,
    client: Client,
    // Its later lines have nowhere to go once this is dropped.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts it and waits until it says that it is ready.
    pub async fn start(program: &Program) -> Result<Self> {
        let mut child = Command::new("node")
            .arg(&program.script)
            .env("NODE_ENV", "production")
            .env("PORT", free_port()?.to_string())
            .env("STATE", &program.state)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start node")?;
        let pid = child.id().context("node has ended")?;
        let output = child.stdout.take().context("node has no output")?;
        let mut output = BufReader::new(output).lines();
        let ready = timeout(PATIENCE, async {
            while let Some(line) = output.next_line().await? {
                if let Some((url, title)) = ready(&line) {
                    return Ok((url.to_owned(), title.to_owned()));
                }
            }
            Err(anyhow::anyhow!("it ended; see above"))
        });
        let ready = ready.await.context("it is not ready in time").flatten();
        let (url, title) =
            ready.with_context(|| format!("cannot run {}", program.script.display()))?;
        Ok(Self { pid, url, title, child, client: Client::default(), _output: output })
    }

    /// Sends a request that has a path only, and expects success.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response> {
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("{}{}", self.url, parts.uri.path()).parse()?;
        let path = parts.uri.path().to_owned();
        let response = self.client.send(Request::from_parts(parts, body));
        let response = timeout(PATIENCE, response).await.context("it does not respond")??;
        let text = String::from_utf8_lossy(response.body());
        ensure!(response.status() == 200, "{path} responds {} {text}", response.status());
        ensure!(text != "null", "{path} knows no session");
        Ok(response)
    }

    /// CPU time so far, once the work for the last response is done.
    pub async fn cpu(&self) -> Result<Duration> {
        meter::settle(self.pid).await?;
        meter::cpu(self.pid)
    }

    /// Its memory now.
    pub fn memory(&self) -> Result<Memory> {
        meter::memory(self.pid)
    }

    /// Lets it write its tables and waits until it has ended.
    pub async fn end(mut self) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.pid)?).context("a process has no id")?;
        kill_process(pid, Signal::TERM)?;
        let status = timeout(PATIENCE, self.child.wait()).await.context("node does not end")??;
        ensure!(status.success(), "node failed; see above");
        Ok(())
    }
}

/// Reads `ready http://127.0.0.1:1234 Better Auth 1.7.25 on Node v20.20.2`.
fn ready(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("ready ")?.split_once(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_where_and_what_it_is() {
        let line = "ready http://127.0.0.1:1234 Better Auth 1.7.25 on Node v20.20.2";
        let read = ("http://127.0.0.1:1234", "Better Auth 1.7.25 on Node v20.20.2");
        assert_eq!(ready(line), Some(read));
        assert_eq!(ready("not ready yet"), None);
    }
}
