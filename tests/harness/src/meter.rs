//! What the system says about a process: CPU time and memory.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Memory of a process, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident now.
    pub resident: u64,
    /// Maximum that was resident so far.
    pub peak: u64,
}

/// User and system CPU time of all threads, also of those that have ended. The process's own clock
/// counts nanoseconds; `/proc/<pid>/stat` has steps of ten milliseconds only.
#[cfg(target_os = "linux")]
pub fn cpu(pid: u32) -> Result<Duration> {
    use nix::time::clock_getcpuclockid;
    use nix::unistd::Pid;
    let clock = clock_getcpuclockid(Pid::from_raw(i32::try_from(pid)?));
    let time = clock.and_then(nix::time::ClockId::now);
    time.map(Duration::from).with_context(|| format!("cannot read the CPU time of process {pid}"))
}

/// Only Linux can be asked for another process's CPU time in this way.
#[cfg(not(target_os = "linux"))]
pub fn cpu(_pid: u32) -> Result<Duration> {
    bail!("only Linux says what CPU time another process has used")
}

/// Resident memory and its peak.
pub fn memory(pid: u32) -> Result<Memory> {
    let status = read(pid, "status")?;
    let bytes = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: u64 =
            line.trim_start_matches(':').trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib * 1024)
    };
    let found = bytes("VmRSS").zip(bytes("VmHWM"));
    let (resident, peak) = found.with_context(|| format!("/proc/{pid}/status has no memory"))?;
    Ok(Memory { resident, peak })
}

/// Waits until the process sleeps: what it had to do after its last response is done.
pub async fn settle(pid: u32) -> Result<()> {
    let started = Instant::now();
    loop {
        let stat = read(pid, "stat")?;
        // The name before it is in parentheses and may contain anything.
        let state = stat.rsplit_once(')').map(|(_, rest)| rest.trim_start());
        if state.is_some_and(|state| state.starts_with('S')) {
            return Ok(());
        }
        if started.elapsed() > Duration::from_secs(10) {
            bail!("process {pid} does not come to rest");
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
}

fn read(pid: u32, name: &str) -> Result<String> {
    let path = PathBuf::from(format!("/proc/{pid}/{name}"));
    std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}; has the process ended?", path.display()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_measured() {
        let pid = std::process::id();
        let before = cpu(pid).unwrap();
        let memory = memory(pid).unwrap();
        assert!(memory.resident > 100_000 && memory.peak >= memory.resident);
        while cpu(pid).unwrap() == before {}
    }
}
