//! One password hash alone, which the functions that hash are compared with.

use super::build::Binaries;
use super::callgrind::Run;
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Under valgrind one hash takes about a second.
const COUNTED: u64 = 2;

/// A running `hash-alone`.
#[derive(Debug)]
pub struct HashAlone {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl HashAlone {
    /// Starts it, as an argument of `wrapper` if that has words.
    pub fn start(binaries: &Binaries, wrapper: &[String]) -> Result<Self> {
        let program: PathBuf = binaries.release.join("hash-alone");
        let mut words = wrapper.iter().map(AsRef::as_ref).chain([program.as_os_str()]);
        let mut child = Command::new(words.next().unwrap_or(program.as_os_str()))
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdin = child.stdin.take().context("hash-alone has no input")?;
        let stdout = child.stdout.take().context("hash-alone has no output")?;
        Ok(Self { child, stdin, stdout: BufReader::new(stdout).lines() })
    }

    /// Makes one hash: its CPU time.
    pub async fn hash(&mut self) -> Result<Duration> {
        self.stdin.write_all(b"\n").await.context("hash-alone has ended")?;
        let line = self.stdout.next_line().await?.context("hash-alone has ended")?;
        Ok(Duration::from_nanos(line.parse().context("hash-alone printed no number")?))
    }

    async fn end(self) -> Result<()> {
        let Self { mut child, stdin, .. } = self;
        drop(stdin);
        ensure!(child.wait().await?.success(), "hash-alone failed; see above");
        Ok(())
    }
}

/// User instructions of one hash.
pub async fn instructions(binaries: &Binaries) -> Result<u64> {
    let few = counted(binaries, COUNTED).await?;
    let many = counted(binaries, 2 * COUNTED).await?;
    Ok(many.saturating_sub(few) / COUNTED)
}

async fn counted(binaries: &Binaries, hashes: u64) -> Result<u64> {
    let run = Run::new(&binaries.scratch, "hash-alone");
    let mut alone = HashAlone::start(binaries, &run.wrapper())?;
    for _ in 0..hashes {
        alone.hash().await?;
    }
    alone.end().await?;
    run.instructions()
}
