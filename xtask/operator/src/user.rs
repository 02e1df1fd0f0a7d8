//! `cargo xtask user`: what an operator does for a user who asks for it.

mod actions;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use shared::text::Email;

use crate::table::{self, Location};

/// Find, show, unlock, sign out, export or delete a user.
///
/// Nothing is changed without --yes: the command then says what it would do. Without --table it works on
/// the table of `cargo xtask dev`, which must be running. For a deployed one, credentials and region come
/// from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION).
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to do.
    #[arg(value_enum)]
    action: Action,
    /// The user's e-mail address.
    address: String,
    #[command(flatten)]
    table: Location,
    /// Do it.
    #[arg(long)]
    yes: bool,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Action {
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

/// Does it.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let email = Email::try_from(arguments.address.clone())
        .map_err(|error| anyhow::anyhow!("{} is no address: it {error}", arguments.address))?;
    let store = table::open(&arguments.table)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let operator = store.operator();
    let action = actions::act(&operator, arguments.action, &email, arguments.yes);
    runtime.block_on(action)?;
    Ok(ExitCode::SUCCESS)
}
