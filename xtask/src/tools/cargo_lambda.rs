//! cargo-lambda: found on the PATH, or installed from its Python package, which contains the program.

use super::venv;
use super::version::{self, Version};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version that is installed, and the oldest that is taken from the PATH.
pub const VERSION: Version = [1, 9, 2];

/// The linker for other processors and for the libraries of Lambda's system.
const LINKER: &str = "ziglang==0.15.2";

/// `cargo` with cargo-lambda, and a linker for the processors of Lambda. Whoever has installed cargo-lambda has
/// one, too: its Python package brings it.
pub async fn for_other_processors() -> Result<tokio::process::Command> {
    let program = PathBuf::from("cargo-lambda");
    if is_new_enough(&program) {
        return Ok(tokio::process::Command::new(program));
    }
    let programs = venv::with("package", &[&package(), LINKER], &[]).await?;
    let mut command = tokio::process::Command::new(programs.join("cargo-lambda"));
    // cargo-lambda asks the Python that it finds first for the linker.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(programs).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(path)?);
    Ok(command)
}

/// The program's path. Options of `cargo lambda watch` that are used here came with 1.9.
pub async fn find_or_install() -> Result<PathBuf> {
    let on_path = PathBuf::from("cargo-lambda");
    if is_new_enough(&on_path) {
        return Ok(on_path);
    }
    // Its one dependency is a compiler for other processors, which nothing here needs.
    let programs = venv::with("cargo-lambda", &[&package()], &["--no-deps"]).await?;
    Ok(programs.join("cargo-lambda"))
}

fn is_new_enough(program: &Path) -> bool {
    let found = version::of(Command::new(program).args(["lambda", "--version"]));
    found.is_some_and(|found| found >= VERSION)
}

fn package() -> String {
    format!("cargo-lambda=={}", version::text(VERSION))
}
