//! The binaries: release builds to be measured, development builds to prepare the table with.

use crate::cargo::{build, target_directory};
use crate::progress::step;
use anyhow::{Context, Result};
use std::path::PathBuf;

/// The functions that prepare the table.
const HELPERS: [&str; 13] = [
    "signup",
    "create-conversation",
    "append-message",
    "delete-conversation",
    "create-interaction",
    "send-verification-otp",
    "sign-in-magic-link",
    "request-password-reset",
    "send-verification-email",
    "send-mail",
    "sign-in-social",
    "link-social",
    "finish-social",
];

/// Where the binaries are.
#[derive(Debug)]
pub struct Binaries {
    /// The release builds.
    pub release: PathBuf,
    /// The development builds.
    pub helpers: PathBuf,
    /// For what valgrind writes.
    pub scratch: PathBuf,
}

/// Builds what is to be measured, unless it is to be taken as it is, and what prepares the table.
pub async fn binaries(functions: &[&str], as_they_are: bool) -> Result<Binaries> {
    let target = target_directory()?;
    step("Building what prepares the table");
    build(&[], &HELPERS).await?;
    if !as_they_are {
        let count = functions.len();
        step(&format!("Building {count} in release; each takes about a minute of CPU to link"));
        let packages: Vec<&str> = functions.iter().copied().chain(["bench"]).collect();
        build(&["--release"], &packages).await?;
    }
    let scratch = target.join("bench");
    std::fs::create_dir_all(&scratch)
        .with_context(|| format!("cannot make {}", scratch.display()))?;
    Ok(Binaries { release: target.join("release"), helpers: target.join("debug"), scratch })
}
