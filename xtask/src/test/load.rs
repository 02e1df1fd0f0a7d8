//! Many users at once, for half a minute, and again while things break; then all that is stored is compared
//! with what they were told.

use super::run::{Counts, watch};
use crate::cargo::{build, target_directory};
use anyhow::{Result, ensure};
use tokio::process::Command;

/// The development builds take several times as long, so these are fewer users than `cargo xtask load` has.
const USERS: [&str; 8] = ["--seconds", "25", "--users", "24", "--pause", "500", "--copies", "12"];

/// Runs both.
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
    Ok(counts)
}
