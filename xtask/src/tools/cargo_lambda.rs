//! cargo-lambda: found on the PATH, or installed from its Python package, which contains the program.

use super::venv;
use super::version::{self, Version};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// The version that is installed, and the oldest that is taken from the PATH.
pub const VERSION: Version = [1, 9, 2];

/// The program's path. Options of `cargo lambda watch` that are used here came with 1.9.
pub async fn find_or_install() -> Result<PathBuf> {
    let on_path = PathBuf::from("cargo-lambda");
    if version::of(Command::new(&on_path).args(["lambda", "--version"]))
        .is_some_and(|found| found >= VERSION)
    {
        return Ok(on_path);
    }
    let [major, minor, patch] = VERSION;
    let package = format!("cargo-lambda=={major}.{minor}.{patch}");
    // Its one dependency is a compiler for other processors, which nothing here needs.
    let programs = venv::with("cargo-lambda", &[&package], &["--no-deps"]).await?;
    Ok(programs.join("cargo-lambda"))
}
