//! `cargo lambda watch`, which builds, runs and reloads the functions.

use super::{leftover, processes};
use crate::cargo;
use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// How long it may take to listen, and to end by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// What it says at every start of a function and tells a reader nothing.
const NOISE: [&str; 6] = [
    "spawning function instance",
    "starting lambda function instance",
    "terminating ",
    "command killed",
    "starting Runtime server",
    "AWS_LAMBDA_MAX_CONCURRENCY",
];

/// The running program and all that it starts. Dropping it kills them.
#[derive(Debug)]
pub struct Watch {
    id: i32,
    ended: watch::Receiver<bool>,
    note: PathBuf,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.kill();
        leftover::forget(&self.note);
    }
}

impl Watch {
    /// Starts it on a port of its own, with the functions' variables from a file.
    ///
    /// `folder` keeps a note of it, by which the next start ends it should we die before it. What it
    /// prints goes to `log`, or is shown.
    pub fn start(
        program: &Path,
        port: u16,
        environment: &Path,
        concurrency: u16,
        folder: &Path,
        log: Option<&Path>,
    ) -> Result<Self> {
        let note = folder.join("watch-process");
        leftover::end(&note);
        let mut command = cargo::at_root(program);
        command
            .args(["lambda", "watch", "--disable-cors", "--quiet"])
            .args(["--invoke-address", "127.0.0.1"])
            .args(["--invoke-port", &port.to_string()])
            .args(["--concurrency", &concurrency.to_string()])
            .arg("--env-file")
            .arg(environment);
        let mut command = Command::from(command);
        // Ctrl-C on the terminal is for us; we then end it in order.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(path) = log {
            let file = File::create(path);
            let file = file.with_context(|| format!("cannot write {}", path.display()))?;
            command.stdout(file.try_clone()?).stderr(file);
        }
        let mut child =
            command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let id = i32::try_from(child.id().context("it ended at once")?)?;
        if let Some(output) = child.stdout.take() {
            tokio::spawn(show(output));
        }
        if let Some(output) = child.stderr.take() {
            tokio::spawn(show(output));
        }
        let (sender, ended) = watch::channel(false);
        tokio::spawn(wait(child, sender));
        leftover::note(&note, id);
        Ok(Self { id, ended, note })
    }

    /// Waits until it listens.
    pub async fn until_listening(&self, port: u16) -> Result<()> {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            ensure!(
                !self.has_ended() && started.elapsed() < PATIENCE,
                "`cargo lambda watch` does not start; see above"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Returns when it has ended.
    pub async fn ended(&self) {
        let mut ended = self.ended.clone();
        // An error means that the sender is gone, and the process with it.
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// Ends it as Ctrl-C would, then whatever is left.
    pub async fn stop(&self) {
        let functions = processes::below(self.id);
        if !self.has_ended() {
            processes::send(self.id, Signal::INT);
            let _ = tokio::time::timeout(PATIENCE, self.ended()).await;
        }
        self.kill();
        processes::end(&functions);
        let gone = async {
            self.ended().await;
            while !processes::remaining(&functions).is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, gone).await;
    }

    /// Ends it and everything below it at once.
    pub fn kill(&self) {
        if !self.has_ended() {
            let functions = processes::below(self.id);
            processes::send(self.id, Signal::KILL);
            processes::end(&functions);
        }
    }
}

async fn wait(mut child: Child, ended: watch::Sender<bool>) {
    let _ = child.wait().await;
    let _ = ended.send(true);
}

/// Shows what the functions print, and what the compiler says of them.
async fn show(output: impl AsyncRead + Unpin) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if !NOISE.iter().any(|noise| line.contains(noise)) {
            println!("{line}");
        }
    }
}
