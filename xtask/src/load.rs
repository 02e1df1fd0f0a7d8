//! `cargo xtask load`: builds the functions in release, and runs the program in tests/load on them.

use crate::cargo::{build, target_directory};
use crate::progress::step;
use crate::runtime;
use crate::tools::better_auth;
use anyhow::{Context, Result};
use clap::Args;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Runs what is built already.
const NO_BUILD: &str = "--no-build";
/// The program's argument that needs Better Auth.
const PEER: &str = "--peer";

/// The program's own arguments, which it explains; and `--no-build`.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds what is missing and runs the program.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    runtime::start()?.block_on(load(&arguments.arguments))
}

async fn load(arguments: &[OsString]) -> Result<ExitCode> {
    let asks = |word: &str| arguments.iter().any(|given| given == word);
    step("Building the program");
    build(&["--release"], &["load"]).await?;
    let explains = asks("--help") || asks("-h");
    if asks(PEER) && !explains {
        let found = better_auth::bundle().await;
        found.with_context(|| format!("`{PEER}` compares with Better Auth"))?;
    }
    if !asks(NO_BUILD) && !explains {
        step("Building every function in release; the first time that takes half an hour");
        build(&["--release"], &[]).await?;
    }
    let mut command = Command::new(target_directory()?.join("release/load"));
    command.args(arguments.iter().filter(|given| *given != NO_BUILD));
    // It takes this process's place, so that it gets the signals that end it.
    Err(command.exec()).context("cannot start the program")
}
