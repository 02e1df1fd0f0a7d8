//! The repository's own commands; `cargo xtask --help` lists them.

mod check;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Tessera's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
}

fn main() -> Result<ExitCode> {
    match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
    }
}
