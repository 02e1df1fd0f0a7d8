//! `hash-alone`: for each line that it reads, makes one argon2id hash as the functions do and
//! prints the CPU time of it in nanoseconds. It is built with the functions' own profile.

use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use nix::time::ClockId;
use std::hint::black_box;
use std::time::Duration;

/// Memory in KiB, passes and lanes, as in `shared/src/auth/password.rs`.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn main() -> Result<()> {
    let params = Params::new(MEMORY, PASSES, LANES, Some(32)).map_err(|e| anyhow!("{e}"))?;
    // Kept from one hash to the next, as a warm function does.
    let mut blocks = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    for line in std::io::stdin().lines() {
        line?;
        let before = cpu()?;
        let mut output = [0; 32];
        let password = black_box(b"correct horse battery staple");
        argon2
            .hash_password_into_with_memory(password, &[7; 16], &mut output, &mut blocks)
            .map_err(|e| anyhow!("{e}"))?;
        black_box(output);
        println!("{}", cpu()?.saturating_sub(before).as_nanos());
    }
    Ok(())
}

/// The CPU time that this process has used so far.
fn cpu() -> Result<Duration> {
    Ok(ClockId::CLOCK_PROCESS_CPUTIME_ID.now().context("cannot read the CPU clock")?.into())
}
