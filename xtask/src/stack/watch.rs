//! `cargo lambda watch`, which builds, runs and reloads the functions.

use crate::cargo;
use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;

/// Maximum time until it listens, and until it has ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// What it prints at every start of a function, and nobody needs.
const NOISE: [&str; 6] = [
    "spawning function instance",
    "starting lambda function instance",
    "terminating ",
    "command killed",
    "starting Runtime server",
    "AWS_LAMBDA_MAX_CONCURRENCY",
];

/// Runs a program that is interrupted, as by Ctrl-C, when the pipe at its input closes: also when we
/// are killed. Its functions end by themselves when nothing gives them requests any more.
const WHILE_OPEN: &str = r#"
    exec 3<&0
    (cat <&3 >/dev/null; kill -INT $$) &
    exec "$@" 3<&- </dev/null
"#;

/// The running program and all that it starts. Dropping it interrupts it.
#[derive(Debug)]
pub struct Watch {
    open: Option<ChildStdin>,
    ended: watch::Receiver<bool>,
}

impl Watch {
    /// Starts it on a port of its own, with the functions' variables from a file. What it prints goes
    /// to `log`, or is shown.
    pub fn start(
        program: &Path,
        port: u16,
        environment: &Path,
        concurrency: u16,
        log: Option<&Path>,
    ) -> Result<Self> {
        let mut command = cargo::at_root("sh");
        command
            .args(["-c", WHILE_OPEN, "sh"])
            .arg(program)
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
            .stdin(Stdio::piped())
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
        let open = child.stdin.take();
        if let Some(output) = child.stdout.take() {
            tokio::spawn(show(output));
        }
        if let Some(output) = child.stderr.take() {
            tokio::spawn(show(output));
        }
        let (sender, ended) = watch::channel(false);
        tokio::spawn(wait(child, sender));
        Ok(Self { open, ended })
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
        // An error means that the sender was dropped, so the process has ended, too.
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// Ends it as Ctrl-C would. If that takes too long, it is killed when this process ends.
    pub async fn stop(&mut self) {
        drop(self.open.take());
        let _ = tokio::time::timeout(PATIENCE, self.ended()).await;
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
