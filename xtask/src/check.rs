//! `cargo xtask check`: compares the files that describe the endpoints.

mod deploy;
pub mod sam;
pub mod workflows;

use crate::runtime;
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;
use template::root;

/// Find what disagrees between the files, and code that breaks the rules of the architecture.
///
/// The files are template.yaml, functions/, openapi.yaml, the watch router in Cargo.toml, events/,
/// docs/routes.md, docs/cost.md and the other pages in docs/. Each finding says what is wrong and what to do.
#[derive(Debug, Args)]
pub struct Arguments {
    /// First write the generated parts: the watch router, missing sample events, docs/routes.md, the tables
    /// of sums and limits in docs.
    #[arg(long)]
    fix: bool,
    /// Also translate template.yaml as SAM does, lint the result, and run the deployment that
    /// docs/deploying.md describes against a stand-in of AWS. This installs Python tools in .local/tools.
    #[arg(long)]
    sam: bool,
}

/// Prints each finding with what to do; fails when there is one.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = root();
    if arguments.fix {
        for file in contract::fix::fix(&root)? {
            println!("wrote {file}");
        }
    }
    let findings = contract::check(&root)?;
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("Everything agrees.");
        if arguments.sam {
            runtime::start()?.block_on(sam::check())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    println!("\n{} to do.", findings.len());
    Ok(ExitCode::FAILURE)
}
