//! Runs the program in xtask/operator, which has the commands that use the table.

use crate::cargo::cargo;
use anyhow::{Context, Result};
use clap::Args;
use std::ffi::OsString;
use std::process::ExitCode;

/// The command's own arguments; the program explains them.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds the program, if it is not built, and runs this command of it with the same arguments.
pub fn run(command: &str, arguments: &Arguments) -> Result<ExitCode> {
    // Files are named as seen from where the caller is.
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    let status = cargo()
        .current_dir(here)
        .args(["run", "--quiet", "--package", "operator", "--", command])
        .args(&arguments.arguments)
        .status()
        .context("cannot run cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
