//! `hash-alone COUNT`: makes COUNT argon2id hashes as the functions do, and prints the median
//! CPU time of one in nanoseconds. It is built with the functions' own profile.

use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;

/// Memory in KiB, passes and lanes, as in `shared/src/auth/password.rs`.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn main() -> Result<()> {
    let count = std::env::args().nth(1).context("usage: hash-alone COUNT")?;
    let count: usize = count.parse().context("COUNT must be a whole number")?;
    let params = Params::new(MEMORY, PASSES, LANES, Some(32)).map_err(|e| anyhow!("{e}"))?;
    // Kept from one hash to the next, as a warm function does.
    let mut blocks = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut times = Vec::new();
    for _ in 0..count {
        let before = cpu_nanoseconds()?;
        let mut output = [0; 32];
        argon2
            .hash_password_into_with_memory(
                black_box(b"correct horse battery staple"),
                &[7; 16],
                &mut output,
                &mut blocks,
            )
            .map_err(|e| anyhow!("{e}"))?;
        black_box(output);
        times.push(cpu_nanoseconds()? - before);
    }
    times.sort_unstable();
    let median = times.get(times.len() / 2).context("COUNT must be at least 1")?;
    println!("{median}");
    Ok(())
}

/// The CPU time that this process has used so far.
fn cpu_nanoseconds() -> Result<u64> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let nanoseconds = i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec);
    u64::try_from(nanoseconds).context("the clock is before its own start")
}
