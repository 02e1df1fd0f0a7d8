//! Many users at once, for half a minute, and again while things break; then all that is stored is compared
//! with what they were told. At last, a run is ended by a signal: nothing of it may stay.

use super::run::{Counts, watch};
use crate::cargo::{build, target_directory};
use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

/// The development builds take several times as long, so these are fewer users than `cargo xtask load` has.
const USERS: [&str; 8] = ["--seconds", "25", "--users", "24", "--pause", "500", "--copies", "12"];

/// The pause between two looks at processes.
const LOOK: Duration = Duration::from_millis(100);

/// Runs them.
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

/// Ends a run by SIGTERM while its functions work or are frozen.
async fn ends_with_its_functions(target: &Path) -> Result<()> {
    let mut command = Command::new(target.join("debug/load"));
    command.args(USERS).arg("--faults").arg("--folder").arg(target.join("load/ended"));
    let mut run = command.stdout(Stdio::null()).kill_on_drop(true).spawn()?;
    let pid = run.id().context("the run has ended by itself")?;
    let functions = loop {
        ensure!(run.try_wait()?.is_none(), "the run has ended by itself");
        let functions = children(pid);
        if functions.len() >= 10 {
            break functions;
        }
        sleep(LOOK).await;
    };
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw).context("a process's id")?;
    kill_process(process, Signal::TERM)?;
    ensure!(!run.wait().await?.success(), "a run that was ended is no success");
    let gone = async {
        while functions.iter().any(|function| parent(*function).is_some()) {
            sleep(LOOK).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.context("functions outlive the run")
}

/// The processes that a process has started.
fn children(pid: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|child| parent(*child) == Some(pid)).collect()
}

/// The parent of a process that has not ended.
fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the name, which is in parentheses and may contain anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let has_ended = fields.next()? == "Z";
    fields.next()?.parse().ok().filter(|_| !has_ended)
}
