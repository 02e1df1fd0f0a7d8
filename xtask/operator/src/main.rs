//! The program of the commands that use the table: `cargo xtask user`, `analytics` and
//! `import-better-auth`.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use operator::{analytics, import, user};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    User(user::Arguments),
    Analytics(analytics::Arguments),
    ImportBetterAuth(import::Arguments),
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    match Arguments::parse().command {
        Command::User(arguments) => user::run(&arguments),
        Command::Analytics(arguments) => analytics::run(&arguments),
        Command::ImportBetterAuth(arguments) => import::run(&arguments),
    }
}
