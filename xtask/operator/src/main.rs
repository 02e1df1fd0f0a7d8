//! What an operator does for a user who asks for it, on the local table or on a deployed one. It is a
//! program of its own, so that the other commands need not wait for the AWS SDK to be compiled.

mod actions;
mod table;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use shared::text::Email;

/// Find, show, unlock, sign out, export or delete a user.
///
/// Nothing is changed without --yes: the command then says what it would do. Without --table it works on
/// the table of `cargo xtask dev`, which must be running. For a deployed one, credentials and region come
/// from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION).
#[derive(Debug, Parser)]
#[command(name = "cargo xtask user", bin_name = "cargo xtask user")]
struct Arguments {
    /// What to do.
    #[arg(value_enum)]
    action: Action,
    /// The user's e-mail address.
    address: String,
    /// A deployed table: the output TableName of its stack.
    #[arg(long)]
    table: Option<String>,
    /// Where the table is, if not at AWS; without --table, by default the port of `cargo xtask dev`.
    #[arg(long)]
    endpoint: Option<String>,
    /// Do it.
    #[arg(long)]
    yes: bool,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Print the id of the user who has the address.
    Find,
    /// Print the account, and whether it is locked.
    Show,
    /// Forget the wrong passwords of the address and of its user, so that neither is locked.
    Unlock,
    /// End all sessions.
    SignOut,
    /// Print everything that is stored of the user, as JSON.
    Export,
    /// Delete the account. The stack then deletes everything that belongs to it.
    Delete,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let email = Email::try_from(arguments.address.clone())
        .map_err(|error| anyhow::anyhow!("{} is no address: it {error}", arguments.address))?;
    let store = table::open(arguments.table.as_deref(), arguments.endpoint.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(actions::act(&store.operator(), arguments.action, &email, arguments.yes))
}
