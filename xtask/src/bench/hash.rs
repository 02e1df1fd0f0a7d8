//! One password hash alone, which the functions that hash are compared with.

use super::callgrind::Run;
use super::measure::Bench;
use crate::progress::step;
use anyhow::{Context, Result, ensure};
use std::process::Command;
use std::time::Duration;

/// Hashes that the CPU time is the median of.
const TIMED: usize = 51;
/// Under valgrind one hash takes about a second.
const COUNTED: u64 = 2;

/// What one hash costs.
#[derive(Debug)]
pub struct Hash {
    /// CPU time.
    pub cpu: Duration,
    /// User instructions, if valgrind counts.
    pub instructions: Option<u64>,
}

impl Bench {
    /// Measures `hash-alone`.
    pub async fn hash(&self) -> Result<Hash> {
        step("One argon2id hash alone");
        let cpu = self.hash_alone(&[], TIMED).await?;
        let cpu = Duration::from_nanos(cpu.trim().parse().context("hash-alone prints no number")?);
        let mut instructions = None;
        if self.instructions {
            let few = self.count(COUNTED).await?;
            let many = self.count(2 * COUNTED).await?;
            instructions = Some(many.saturating_sub(few) / COUNTED);
        }
        Ok(Hash { cpu, instructions })
    }

    async fn count(&self, hashes: u64) -> Result<u64> {
        let run = Run::new(&self.binaries.scratch, "hash-alone");
        self.hash_alone(&run.wrapper(), usize::try_from(hashes)?).await?;
        run.instructions()
    }

    async fn hash_alone(&self, wrapper: &[String], count: usize) -> Result<String> {
        let program = self.binaries.release.join("hash-alone").display().to_string();
        let mut words = wrapper.iter().chain([&program]);
        let mut command = Command::new(words.next().unwrap_or(&program));
        command.args(words).arg(count.to_string());
        let output = tokio::process::Command::from(command).kill_on_drop(true).output().await;
        let output = output.with_context(|| format!("cannot start {program}"))?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }
}
