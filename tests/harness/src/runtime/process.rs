//! One process of a function.

use super::pool::Pool;
use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Notify;

/// How to start a function's processes.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The function's name.
    pub name: String,
    /// The binary.
    pub program: PathBuf,
    /// A command that the binary is an argument of, such as `valgrind --tool=callgrind`.
    pub wrapper: Vec<String>,
    /// The variables that the template and the tests set.
    pub environment: BTreeMap<String, String>,
    /// In MB.
    pub memory: u64,
    /// After this a request ends as [`Outcome::Died`](super::Outcome::Died).
    pub timeout: Duration,
    /// Maximum processes at once; further requests wait.
    pub concurrency: usize,
    /// Whether a process stands still while it has no request, as Lambda freezes it.
    pub frozen: bool,
}

/// Stops a process where it is, or lets it go on.
pub(super) fn freeze(pid: u32, frozen: bool) {
    let signal = if frozen { Signal::STOP } else { Signal::CONT };
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // One that has just ended needs neither.
        let _ = kill_process(pid, signal);
    }
}

/// Starts a process. Nothing of this process's environment reaches it but `PATH`.
pub(super) fn spawn(launch: &Launch, api: SocketAddr, instance: u64) -> Result<Child> {
    let name = &launch.name;
    let program = launch.program.as_os_str();
    let mut words = launch.wrapper.iter().map(AsRef::as_ref).chain([program]);
    let mut command = Command::new(words.next().unwrap_or(program));
    command
        .args(words)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("_HANDLER", "bootstrap")
        .env("AWS_LAMBDA_FUNCTION_NAME", format!("tessera-{name}"))
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", launch.memory.to_string())
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "tessera")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", instance.to_string())
        .env("AWS_LAMBDA_RUNTIME_API", format!("http://{api}/{name}/{instance}"))
        .env("AWS_REGION", crate::engine::REGION)
        .env("AWS_ACCESS_KEY_ID", crate::engine::ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", crate::engine::ACCESS_KEY)
        .envs(&launch.environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command.spawn().with_context(|| {
        format!("cannot start {}; `cargo build` makes the functions", launch.program.display())
    })
}

/// Copies what the process writes to the pool's log, and returns when it has ended.
pub(super) async fn watch(mut child: Child, pool: &Arc<Pool>, kill: &Notify) {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let ended = async {
        tokio::select! {
            _ = child.wait() => {}
            () = kill.notified() => { let _ = child.kill().await; }
        }
    };
    tokio::join!(ended, copy(out, pool), copy(err, pool));
}

async fn copy(pipe: Option<impl AsyncRead + Unpin>, pool: &Pool) {
    let Some(pipe) = pipe else { return };
    let mut lines = BufReader::new(pipe).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        pool.log(line);
    }
}
