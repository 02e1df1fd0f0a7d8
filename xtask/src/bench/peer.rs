//! Better Auth itself on Node, measured in the same run as the functions that do the same.

mod compared;
mod measure;
mod requests;

use super::figures::Figures;
use crate::progress::step;
use crate::tools::{better_auth, node};
use anyhow::{Context, Result};
pub use compared::{Compared, table};
use harness::node::{Process, Program};
use requests::Account;
use std::path::Path;

/// Whether a function is compared with it.
pub fn has(function: &str) -> bool {
    ["get-session", "sign-in-email"].contains(&function)
}

/// Fails, with the way out, when the peer can't run.
pub async fn require() -> Result<()> {
    let found = node::require().await;
    found.context("Better Auth is measured beside Tessera; `--no-peer` leaves it out").map(drop)
}

/// The peer, installed, with an account and a session in its tables.
#[derive(Debug)]
pub struct Peer {
    /// `Better Auth 1.7.25 on Node v20.20.2`
    pub title: String,
    size: u64,
    bundle: Program,
    modules: Program,
    account: Account,
}

impl Peer {
    /// Installs and bundles it once, and makes the account.
    pub async fn prepare(scratch: &Path) -> Result<Self> {
        let server = better_auth::bundle().await?;
        step("Making an account at Better Auth");
        let state = scratch.join("better-auth.state");
        // An account of an earlier run may be of another version.
        let _ = std::fs::remove_file(&state);
        let [bundle, modules] =
            [server.bundle, server.modules].map(|script| Program::new(script, &state));
        let process = Process::start(&bundle).await?;
        let account = requests::sign_up(&process).await?;
        let title = process.title.clone();
        process.end().await?;
        Ok(Self { title, size: server.size, bundle, modules, account })
    }

    /// Measures what the peer does for the same request, and puts it beside our figures.
    pub async fn compare(&self, function: &str, ours: &Figures) -> Result<Compared> {
        step(&format!("{function}: Better Auth"));
        let request = || requests::like(function, &self.account);
        let theirs = measure::measure(&self.bundle, &self.modules, function, &request).await?;
        Ok(Compared::new(function, ours, &theirs, self.size))
    }
}
