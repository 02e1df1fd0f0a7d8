//! The repository's own commands; `cargo xtask --help` lists them.

mod bench;
mod cargo;
mod check;
mod dev;
mod docs;
mod hex;
mod load;
mod new_endpoint;
mod operator;
mod package;
mod ports;
mod progress;
mod runtime;
mod site;
mod stack;
mod test;
mod tools;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Runs, tests, checks and measures Tessera on this machine.
///
/// Start with `cargo xtask dev`. Each command explains itself with --help.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dev(dev::Arguments),
    Test(test::Arguments),
    Check(check::Arguments),
    Docs(docs::Arguments),
    NewEndpoint(new_endpoint::Arguments),
    Package(package::Arguments),
    Bench(bench::Arguments),
    /// Let many users work at once, also while things break: cargo xtask load --help says how.
    Load(load::Arguments),
    /// Find, show, unlock, sign out, export or delete a user: cargo xtask user --help says how.
    User(operator::Arguments),
    /// Show what helped: the ratings by background and notes: cargo xtask analytics --help says how.
    Analytics(operator::Arguments),
    /// Import the users of a Better Auth database: cargo xtask import-better-auth --help says how.
    ImportBetterAuth(operator::Arguments),
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
        Command::Dev(arguments) => dev::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Docs(arguments) => docs::run(&arguments),
        Command::NewEndpoint(arguments) => new_endpoint::run(&arguments),
        Command::Package(arguments) => package::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Load(arguments) => load::run(&arguments),
        Command::User(arguments) => operator::run("user", &arguments),
        Command::Analytics(arguments) => operator::run("analytics", &arguments),
        Command::ImportBetterAuth(arguments) => operator::run("import-better-auth", &arguments),
    }
}
