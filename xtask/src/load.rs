//! `cargo xtask load`: builds the functions in release, and runs the program in tests/load on them.

use crate::cargo::{cargo, target_directory, words};
use crate::progress::step;
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// Runs what is built already.
const NO_BUILD: &str = "--no-build";

/// The program's own arguments, which it explains; and `--no-build`.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds what is missing and runs the program.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let asks = |word: &str| arguments.arguments.iter().any(|given| given == word);
    step("Building the program");
    build(&["--release", "--package", "load"])?;
    if !asks(NO_BUILD) && !asks("--help") && !asks("-h") {
        step("Building every function in release; the first time that takes half an hour");
        build(&["--release"])?;
    }
    let mut command = Command::new(target_directory()?.join("release/load"));
    command.args(arguments.arguments.iter().filter(|given| *given != NO_BUILD));
    let status = command.status().context("cannot start the program")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn build(flags: &[&str]) -> Result<()> {
    let mut command = cargo();
    command.arg("build").args(flags);
    let status = command.status();
    let what = words(&command);
    ensure!(status.is_ok_and(|status| status.success()), "`{what}` failed; see above");
    Ok(())
}
