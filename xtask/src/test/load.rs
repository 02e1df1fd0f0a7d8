//! Many users at once, for half a minute, and again while things break; then all that is stored is compared
//! with what they were told. Last, a run is ended by a signal: nothing of it may stay.

use super::run::{Counts, watch};
use crate::cargo::{build, target_directory};
use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;
use tokio::time::sleep;

/// The development builds take several times as long, so these are fewer users than `cargo xtask load` has.
const USERS: [&str; 8] = ["--seconds", "25", "--users", "24", "--pause", "500", "--copies", "12"];

/// The pause between two looks at processes.
const LOOK: Duration = Duration::from_millis(100);

/// Runs the three.
pub async fn run() -> Result<Counts> {
    // With `xtask`, so that libraries are built with the same features for both.
    build(&[], &["xtask", "load"]).await?;
    let target = target_directory()?;
    let mut counts = Counts::default();
    for faults in [&[][..], &["--faults"]] {
        let mut command = Command::new(target.join("debug/load"));
        command.args(USERS).args(faults).arg("--folder").arg(target.join("load/short"));
        let (_, succeeded) = watch(command, "", |_| None).await?;
        ensure!(succeeded, "see above");
        counts.passed += 1;
    }
    ends_with_its_functions(&target).await?;
    counts.passed += 1;
    Ok(counts)
}

/// Ends a run by SIGTERM while some of its functions are frozen: only these would stay.
async fn ends_with_its_functions(target: &Path) -> Result<()> {
    let mut command = Command::new(target.join("debug/load"));
    command.args(USERS).arg("--faults").arg("--folder").arg(target.join("load/ended"));
    let mut run = command.stdout(Stdio::null()).spawn()?;
    let pid = run.id().context("the run has ended by itself")?;
    let ends_it = Signalled(pid);
    let functions = loop {
        ensure!(run.try_wait()?.is_none(), "the run has ended by itself");
        let functions = children(pid);
        if functions.iter().any(|function| function.state == "T") {
            break functions;
        }
        sleep(LOOK).await;
    };
    drop(ends_it);
    ensure!(!run.wait().await?.success(), "a run that was ended is no success");
    let mut left = functions;
    let started = Instant::now();
    while !left.is_empty() && started.elapsed() < Duration::from_secs(10) {
        sleep(LOOK).await;
        left.retain(|function| Child::read(function.pid).is_some());
    }
    for function in &left {
        send(function.pid, Signal::KILL);
    }
    ensure!(left.is_empty(), "{} functions outlive the run", left.len());
    Ok(())
}

/// Gets SIGTERM when this is dropped. Its functions get no signal.
struct Signalled(u32);

impl Drop for Signalled {
    fn drop(&mut self) {
        send(self.0, Signal::TERM);
    }
}

fn send(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // An error means that it has ended.
        let _ = kill_process(pid, signal);
    }
}

/// A process that has not ended.
struct Child {
    pid: u32,
    parent: u32,
    /// A letter, as proc_pid_stat(5) lists them: `T` is stopped.
    state: String,
}

impl Child {
    fn read(pid: u32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // After the name, which is in parentheses and may contain anything.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next().filter(|state| *state != "Z")?.to_owned();
        Some(Self { pid, parent: fields.next()?.parse().ok()?, state })
    }
}

/// The processes that a process has started.
fn children(pid: u32) -> Vec<Child> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(Child::read).filter(|child| child.parent == pid).collect()
}
